/**
 * A certificate and its successors under one name, laid out as certbot does:
 * `archive/NAME/{privkey,cert,chain,fullchain}N.pem`, never overwritten by a
 * later N, and `live/NAME/*.pem` as relative links to the newest.
 *
 * Links move one by one, each atomically. A run killed between two of them is
 * finished by the next, since the order is forgotten only afterwards.
 */
import type { X509Certificate } from 'node:crypto'
import { readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { linkAtomic, makePrivateDirectory, publicMode, secretMode, writeFileAtomic } from './atomic-file.js'
import { paths, type Directories } from './directories.js'
import { listNames } from './read-optional.js'
import { lineageReadme, liveReadme } from './readme.js'

const parts = ['privkey', 'cert', 'chain', 'fullchain'] as const
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
  const live = paths.live(directories, name)
  await makePrivateDirectory(live)
  await writeFileAtomic(join(directories.config, 'live', 'README'), liveReadme, publicMode)
  await writeFileAtomic(join(live, 'README'), lineageReadme, publicMode)
  await pointLive(directories, name, version.number)
  return livePaths(directories, name)
}

/** Makes a version of the archive the live one. */
export async function pointLive(directories: Directories, name: string, number: number): Promise<void> {
  for (const part of parts) {
    const target = `../../archive/${name}/${part}${number}.pem`
    await linkAtomic(target, join(paths.live(directories, name), `${part}.pem`))
  }
}

/** Number of the version that is live; undefined when the links were made by somebody else. */
export async function liveVersion(directories: Directories, name: string): Promise<number | undefined> {
  const target = await readlink(join(paths.live(directories, name), 'cert.pem')).catch(() => '')
  const number = /cert(\d+)\.pem$/.exec(target)?.[1]
  return number === undefined ? undefined : Number(number)
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
