/** YAML of plain data: objects, arrays, strings, numbers, booleans, null. Texts of several lines stay readable. */
export function toYaml(value) {
  return `${block(value, '')}\n`;
}

function block(value, indent) {
  if (Array.isArray(value)) return value.map((item) => `${indent}- ${nested(item, indent).trimStart()}`).join('\n');
  return Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .map(([key, item]) => `${indent}${scalar(key)}:${isBranch(item) ? '\n' : ' '}${nested(item, indent)}`)
    .join('\n');
}

function nested(value, indent) {
  if (isBranch(value)) return block(value, `${indent}  `);
  if (typeof value === 'string' && /\n./.test(value)) {
    const lines = value.split('\n').map((line) => `${indent}  ${line}`);
    return `|-\n${lines.join('\n')}`;
  }
  return scalar(value);
}

function isBranch(value) {
  return value !== null && typeof value === 'object' && Object.keys(value).length > 0;
}

/** Quoted unless it can be taken for nothing else than a text. */
function scalar(value) {
  if (value !== null && typeof value === 'object') return Array.isArray(value) ? '[]' : '{}';
  if (typeof value !== 'string') return String(value);
  const isPlain = /^[A-Za-zА-Яа-яё_][A-Za-zА-Яа-яё0-9_./ -]*$/.test(value) && !/\s$/.test(value);
  return isPlain && !/^(true|false|yes|no|on|off|null|y|n)$/i.test(value) ? value : JSON.stringify(value);
}
