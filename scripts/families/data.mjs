// The data of `npm run bench:families`: made, so that anyone can repeat it, and written once for every program to read.

/** Rows, columns and outputs of the regressions. */
export const size = { rows: 4200, columns: 30, outputs: 14 };

/** `sets`: series by kind. `daily` is like the price of gold, `weekly` and `monthly` like the M4 panels of those names. */
export function madeData({ createRng }) {
  const rng = createRng(5);
  const draw = (count) => Float64Array.from({ length: count }, () => rng.normal());
  const changes = madeChanges(rng);
  const sets = {
    daily: { season: 1, horizon: 14, series: [prices(changes)] },
    weekly: { season: 1, horizon: 13, series: [0, 1, 2, 3].map((i) => weekly(draw(900), i)) },
    monthly: { season: 12, horizon: 18, series: [0, 1, 2].map((i) => monthly(draw(180), i)) },
  };
  const [train, test] = [0, 1].map(() => regression(draw));
  return { sets, changes, train, test, outputs: cumulative(train.target) };
}

/** As one object of plain numbers; the regressions' features are feature-major. */
export function asJson({ sets, changes, train, test, outputs }) {
  const plain = (values) => Array.from(values);
  const part = (rows) => ({ features: plain(rows.features), target: plain(rows.target), truth: plain(rows.truth) });
  const series = Object.entries(sets).map(([name, set]) => [name, { ...set, series: set.series.map(plain) }]);
  const rest = { train: part(train), test: part(test), outputs: plain(outputs), size };
  return JSON.stringify({ sets: Object.fromEntries(series), changes: plain(changes), ...rest });
}

function madeChanges(rng) {
  let variance = 1e-4;
  return Float64Array.from({ length: size.rows }, () => {
    const change = Math.sqrt(variance) * rng.normal();
    variance = 2e-6 + 0.1 * change * change + 0.88 * variance;
    return change;
  });
}

function prices(changes) {
  let level = Math.log(900);
  return changes.map((change) => {
    level += change;
    return Math.exp(level);
  });
}

/** A walk whose changes remember the last one, with more or less of a trend. */
function weekly(noise, i) {
  let [level, change] = [500 + 700 * i, 0];
  return noise.map((e) => {
    change = 0.3 * change + e;
    level += 0.1 * i + 4 * change;
    return Math.max(50, level);
  });
}

/** Trend, a season that grows with the level, and a level that wanders. */
function monthly(noise, i) {
  let level = 300 + 200 * i;
  return noise.map((e, t) => {
    level += 1 + 2 * e;
    return (
      level * (1 + 0.15 * Math.sin((2 * Math.PI * t) / 12) + 0.05 * Math.cos((2 * Math.PI * t) / 4)) +
      3 * noise[(7 * t) % noise.length]
    );
  });
}

/** A curve of four of the features, with noise. */
function regression(draw) {
  const features = draw(size.rows * size.columns);
  const noise = draw(size.rows);
  const truth = Float64Array.from({ length: size.rows }, (_, i) => {
    const of = (f) => features[f * size.rows + i];
    return 2 * Math.sin(of(0)) + of(1) * of(2) + 0.5 * of(3);
  });
  return { features, truth, target: truth.map((value, i) => value + noise[i]) };
}

/** Cumulative sums of the target: outputs that share most of their noise, as horizons do. */
function cumulative(target) {
  const all = new Float64Array(size.rows * size.outputs);
  for (let k = 0; k < size.outputs; k++) {
    for (let i = 0; i < size.rows; i++) {
      all[k * size.rows + i] = (k > 0 ? all[(k - 1) * size.rows + i] : 0) + target[(i + k) % size.rows];
    }
  }
  return all;
}
