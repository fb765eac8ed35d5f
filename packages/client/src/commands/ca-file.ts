/** `--ca-file`: CAs that a server's TLS is trusted by, instead of those of the system. */
import { X509Certificate } from 'node:crypto'
import { Failure } from '../terminal/failure.js'
import { readGiven } from '../terminal/given-file.js'

/** @throws Failure (usage) when it cannot be read, or holds something else than whole PEM certificates */
export async function readCaFile(path: string): Promise<string> {
  const pem = (await readGiven(path)).toString()
  const begun = pem.split('-----BEGIN CERTIFICATE-----').length - 1
  if (begun === 0) throw unusable(path, 'no PEM certificate in it')
  // TLS would pass over what cannot be read, and trust nothing.
  const blocks = pem.match(certificateBlock) ?? []
  if (blocks.length < begun || !blocks.every(isCertificate))
    throw unusable(path, 'a certificate in it is damaged')
  return pem
}

const certificateBlock = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

function isCertificate(pem: string): boolean {
  try {
    return Boolean(new X509Certificate(pem))
  } catch {
    return false
  }
}

const unusable = (path: string, reason: string) =>
  new Failure('usage', {
    en: `--ca-file ${path} cannot be used: ${reason}`,
    ja: `--ca-file ${path} を使えません: ${reason}`,
  })
