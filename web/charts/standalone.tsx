import { renderToString } from 'preact-render-to-string';
import { type ChartModel, TimeChart } from './time-chart.tsx';

/** The chart as an SVG file that stands alone: its own fonts and light colours, its title, and the SIMULATED mark when due. */
export function standaloneSvg(model: ChartModel, caption: string, simulatedMark: string | null): string {
  const height = model.height ?? 280;
  const text = renderToString(
    <svg
      xmlns="http://www.w3.org/2000/svg"
      viewBox={`0 0 960 ${height + 96}`}
      width="960"
      height={height + 96}
      aria-label={model.title}
      role="img"
    >
      <style>{styles}</style>
      <rect class="paper" width="960" height={height + 96} />
      <text class="head" x="24" y="34">
        {model.title}
      </text>
      <Legend model={model} />
      <svg aria-hidden="true" x="84" y="64" width="852" height={height} overflow="visible">
        <TimeChart model={model} />
      </svg>
      <text class="axis" x="24" y={height + 84}>
        {caption}
      </text>
      {simulatedMark !== null && (
        <text class="simulated" x="936" y="34" text-anchor="end">
          {simulatedMark}
        </text>
      )}
    </svg>,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${text}\n`;
}

function Legend({ model }: { model: ChartModel }) {
  let left = 24;
  return (
    <g>
      {model.legend.map((item) => {
        const x = left;
        left += 34 + item.label.length * 7.4;
        return (
          <g key={item.label}>
            <line class={`line ${item.swatch}`} x1={x} x2={x + 18} y1="51" y2="51" />
            <text class="axis" x={x + 24} y="55">
              {item.label}
            </text>
          </g>
        );
      })}
    </g>
  );
}

const styles = `
text{font:12px system-ui,sans-serif;fill:#57534a}.head{font-size:18px;font-weight:600;fill:#1d1b16}
.simulated{font-size:16px;font-weight:700;fill:#b3361b}.paper{fill:#fff}
.chart,.plot{overflow:visible}.grid{stroke:#e4e0d6}.zero{stroke:#8d877a}.tick{stroke:#8d877a}.rule{stroke:#8d877a;stroke-dasharray:2 3;vector-effect:non-scaling-stroke}
.line{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round;vector-effect:non-scaling-stroke}
.dots{fill:none;stroke-width:7;stroke-linecap:round;vector-effect:non-scaling-stroke}
.buy,.fact{stroke:#a87400}.sell{stroke:#0062a3;stroke-width:6;stroke-opacity:.38}.forecast{stroke:#0062a3;stroke-dasharray:6 4}.later{stroke:#1d1b16}.line.later{stroke-width:7;stroke-dasharray:0 9}
.path{stroke:#1d1b16;stroke-width:1;stroke-opacity:.35}.m-gold{stroke:#a87400}.m-silver{stroke:#0062a3}.m-platinum{stroke:#007a59;stroke-dasharray:10 3}.m-palladium{stroke:#a8457f;stroke-dasharray:6 3}.m-usd{stroke:#1d1b16;stroke-dasharray:2 4}.anomaly{stroke:#d55e00}.line.anomaly{stroke-width:7;stroke-dasharray:0 9}
.promise{stroke:#8d877a;stroke-width:1.5;stroke-dasharray:3 4}.c50{stroke:#a87400}.c80{stroke:#0062a3;stroke-dasharray:7 4}.c95{stroke:#1d1b16;stroke-dasharray:2 4}.bars.pit{fill:#0072b2;fill-opacity:.35}
.metric{stroke:#a87400}.bars.metric{fill:#a87400;stroke:none}
.area.up,.bars.up{fill:#0072b2}.area.down,.bars.down{fill:#d55e00}.line.up{stroke:#0072b2;stroke-width:8}.line.down{stroke:#d55e00;stroke-width:8}
.band{fill:#0072b2;stroke:none}.b95{fill-opacity:.13}.b80{fill-opacity:.18}.b50{fill-opacity:.26}
.line.b95,.line.b80,.line.b50,.line.up,.line.down{stroke-linecap:butt}.line.b95{stroke:#0072b2;stroke-opacity:.16;stroke-width:10}.line.b80{stroke:#0072b2;stroke-opacity:.34;stroke-width:10}.line.b50{stroke:#0072b2;stroke-opacity:.55;stroke-width:10}
.tips rect{fill:transparent}`;
