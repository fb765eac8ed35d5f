/**
 * What `netsh http show sslcert` says: the certificates that HTTP.sys itself has,
 * whatever the bindings of IIS say. Its labels are translated, so values are told
 * by their form: address and port, or host name and port, come first in a block;
 * the certificate is forty hexadecimal digits.
 */
export interface SslCert {
  /** `0.0.0.0`, `[::]`, an address, or a host name. */
  host: string
  port: number
  /** By host name: used for clients that send it. By address: for all others, and before any SNI mapping of IIS. */
  byName: boolean
  thumbprint: string
}

export function parseSslCerts(text: string): SslCert[] {
  return text.split(/\r?\n\s*\r?\n/).flatMap((block) => {
    const values = block.split(/\r?\n/).map((line) => /\s:\s+(\S+)\s*$/.exec(line)?.[1] ?? '')
    const [, host, port] = /^(\[[^\]]+\]|[^\s:]+):(\d{1,5})$/.exec(values.find(Boolean) ?? '') ?? []
    const thumbprint = values.find((value) => /^[0-9a-f]{40}$/i.test(value))
    if (!host || !port || !thumbprint) return []
    const byName = !/^(\[.*\]|[\d.]+)$/.test(host)
    return [{ host, port: Number(port), byName, thumbprint: thumbprint.toUpperCase() }]
  })
}

/** Mappings by address that answer, with another certificate, at a port of ours whoever sends no name. */
export const hiddenMappings = (
  certs: readonly SslCert[],
  { ports, thumbprint }: { ports: readonly number[]; thumbprint: string },
): SslCert[] =>
  certs.filter(
    (one) => !one.byName && ports.includes(one.port) && one.thumbprint !== thumbprint.toUpperCase(),
  )
