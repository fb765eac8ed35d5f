/** Brings a certificate from a table cell into PEM (RFC 7468 §5): whatever its line breaks, or none, were. */
export function toPem(cell: string): string {
  const body = cell.replace(/-----(BEGIN|END) CERTIFICATE-----|\s+/g, '')
  if (body === '') return ''
  const lines = body.match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}
