/** Brings a certificate from a table cell into PEM (RFC 7468 §5): whatever its line breaks, or none, were. */
export function toPem(cell: string): string {
  const body = cell.replace(/-----(BEGIN|END) CERTIFICATE-----|\s+/g, '')
  if (body === '') return ''
  let lines = ''
  for (let start = 0; start < body.length; start += 64) lines += `${body.slice(start, start + 64)}\n`
  return `-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n`
}
