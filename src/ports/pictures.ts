/** Turns charts into pictures, for readers that show no SVG. */
export interface Pictures {
  /** A whole SVG file as PNG, a pixel to each of its units. Throws INPUT_INVALID when it is no SVG. */
  png(svg: string): Promise<Uint8Array>;
}
