/**
 * A certificate and its successors under one name, laid out as certbot does:
 * `archive/NAME/{privkey,cert,chain,fullchain}N.pem`, never overwritten by a
 * later N, and `live/NAME/*.pem` as relative links to the newest (live-links.ts).
 */
import type { X509Certificate } from 'node:crypto'
import { join } from 'node:path'
import { makePrivateDirectory, publicMode, secretMode, writeFileAtomic } from './atomic-file.js'
import { paths, type Directories } from './directories.js'
import { listNames } from './read-optional.js'
import { parts, pointLive } from './live-links.js'

type Part = (typeof parts)[number]

/** Paths a server is configured with; they stay the same over renewals. */
export type LivePaths = Record<Part, string>

export const livePaths = (directories: Directories, name: string) =>
  Object.fromEntries(
    parts.map((part) => [part, join(paths.live(directories, name), `${part}.pem`)]),
  ) as LivePaths

/** The number after the highest in use. */
export async function nextVersion(directories: Directories, name: string): Promise<number> {
  const names = await listNames(paths.archive(directories, name))
  const used = names.map((file) =>
    Number(/^(?:privkey|cert|chain|fullchain)(\d+)\.pem$/.exec(file)?.[1] ?? 0),
  )
  return Math.max(0, ...used) + 1
}

export interface Version {
  number: number
  /** PKCS #8 PEM. */
  privateKey: string
  /** Leaf first. */
  chain: readonly X509Certificate[]
}

/** Writes one version and makes it the live one. Done twice it has the same effect. */
export async function installVersion(
  directories: Directories,
  name: string,
  version: Version,
): Promise<LivePaths> {
  await writeArchive(paths.archive(directories, name), version)
  await pointLive(directories, name, version.number)
  return livePaths(directories, name)
}

async function writeArchive(archive: string, { number, privateKey, chain }: Version): Promise<void> {
  await makePrivateDirectory(archive)
  const pem = chain.map((certificate) => certificate.toString())
  const contents: Record<Part, string> = {
    privkey: privateKey,
    cert: pem[0] ?? '',
    chain: pem.slice(1).join(''),
    fullchain: pem.join(''),
  }
  for (const part of parts) {
    const mode = part === 'privkey' ? secretMode : publicMode
    await writeFileAtomic(join(archive, `${part}${number}.pem`), contents[part], mode)
  }
}
