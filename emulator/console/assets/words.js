// Bytes, lengths of time and sizes, as people read them.

const kShownCharacters = 200_000;

const encoder = new TextEncoder();

export function duration(ms) {
  if (ms === null || ms === undefined) return '–';
  if (ms > 0 && ms < 0.01) return '< 0.01 ms';
  if (ms < 10 && !Number.isInteger(ms)) return `${ms.toFixed(ms < 1 ? 2 : 1)} ms`;
  return ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

export function megabytes(bytes) {
  const mb = bytes / 1048576;
  return mb < 10 ? mb.toFixed(1) : String(Math.round(mb));
}

export const count = (number, word) => `${number} ${word}${number === 1 ? '' : 's'}`;

export function clock(epochMs) {
  const date = new Date(epochMs);
  const two = (number) => String(number).padStart(2, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

export function span(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}

export const toBytes = (text) => encoder.encode(text);

export function fromBase64(text) {
  return Uint8Array.from(atob(text.replace(/\s+/g, '')), (character) => character.charCodeAt(0));
}

export function hexDump(bytes) {
  const lines = [];
  for (let start = 0; start < bytes.length; start += 16) {
    const row = [...bytes.subarray(start, start + 16)];
    const hex = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = row.map((byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${start.toString(16).padStart(6, '0')}  ${hex.padEnd(47)}  ${text}`);
  }
  return lines.join('\n');
}

export function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/// JSON with line breaks, where that does not change what it says (a number of many digits).
export function readable(text) {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    const pretty = JSON.stringify(JSON.parse(text), null, 2);
    const plain = (json) => json.replace(/\s+/g, '');
    return plain(pretty) === plain(text) ? pretty : text;
  } catch {
    return text;
  }
}

export function cut(text) {
  if (text.length <= kShownCharacters) return text;
  return `${text.slice(0, kShownCharacters)}\n… ${text.length - kShownCharacters} more characters`;
}
