/**
 * Tables of cases in text files: one case per line, cells apart by `|`, comments after `#` at the start of a line.
 *
 * `{x*65}` stands for 65 times x; `\t`, `\n`, `\0` and `\u{…}` stand for the characters.
 */
export function parseCases(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => line.split('|').map((cell) => expand(cell.trim())))
}

const expand = (cell: string): string =>
  cell
    .replace(/\{([^{}*]+)\*(\d+)\}/g, (_, text: string, times: string) => text.repeat(Number(times)))
    .replace(/\\u\{([0-9a-fA-F]+)\}/g, (_, hex: string) => String.fromCodePoint(parseInt(hex, 16)))
    .replace(
      /\\([tnr0s])/g,
      (_, letter: string) => ({ t: '\t', n: '\n', r: '\r', '0': '\0', s: ' ' })[letter] ?? '',
    )
