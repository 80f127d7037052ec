import type { ComponentChildren, VNode } from 'preact';

export interface Column<Row> {
  readonly label: ComponentChildren;
  readonly cell: (row: Row, index: number) => ComponentChildren;
  /** `number`: right-aligned figures; `text`: words on one line; `prose`: sentences that may wrap. */
  readonly kind?: 'number' | 'text' | 'prose';
  readonly sort?: 'ascending' | 'descending' | undefined;
}

export interface TableProps<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowClass?: (row: Row) => string | undefined;
}

/** A table that scrolls inside its own box when the screen is narrower than it; the first column heads each row. */
export function DataTable<Row>({ caption, columns, rows, rowClass }: TableProps<Row>): VNode {
  const [head, ...others] = columns;
  return (
    <section class="table-box" aria-label={caption} tabindex={0}>
      <table>
        <caption class="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column, index) => (
              <th key={index} scope="col" class={column.kind ?? 'number'} aria-sort={column.sort}>
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index} class={rowClass?.(row)}>
              <th scope="row" class={head?.kind ?? 'text'}>
                {head?.cell(row, index)}
              </th>
              {others.map((column, at) => (
                <td key={at} class={column.kind ?? 'number'}>
                  {column.cell(row, index)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
