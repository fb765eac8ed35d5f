/** Older versions of a certificate by the name that Windows gives them. */
import { X509Certificate } from 'node:crypto'
import { join } from 'node:path'
import { listNames, readOptional } from '../../keystore/read-optional.js'
import type { LivePaths } from '../../keystore/lineage.js'

/** SHA-1 over the certificate. */
export const thumbprintOf = (pem: string) => new X509Certificate(pem).fingerprint.replaceAll(':', '')

/** @returns the version with this thumbprint; undefined when it was somebody else's */
export async function findVersion(
  archive: string,
  thumbprint: string,
): Promise<Pick<LivePaths, 'privkey' | 'fullchain'> | undefined> {
  for (const name of await listNames(archive)) {
    const number = /^cert(\d+)\.pem$/.exec(name)?.[1]
    const pem = number && (await readOptional(join(archive, name)))
    if (!pem || thumbprintOf(pem) !== thumbprint.toUpperCase()) continue
    return {
      privkey: join(archive, `privkey${number}.pem`),
      fullchain: join(archive, `fullchain${number}.pem`),
    }
  }
  return undefined
}
