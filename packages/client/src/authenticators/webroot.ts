/**
 * The webroot authenticator: puts the file of http-01 where a running web server
 * finds it. Files and folders get the owner of the webroot and go away again.
 */
import { constants } from 'node:fs'
import { chown, mkdir, open, rm, rmdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Authenticator, ChallengeTask } from '../acme/challenge.js'
import { httpPath } from '../acme/challenge.js'
import { Failure } from '../terminal/failure.js'
import { printable } from '../terminal/printable.js'

/** Webroot by name. */
export type WebrootMap = Readonly<Record<string, string>>

export class WebrootAuthenticator implements Authenticator {
  readonly name = 'webroot'
  readonly types = ['http-01'] as const
  private readonly madeFolders: string[] = []

  constructor(private readonly webroots: WebrootMap) {}

  async perform(tasks: readonly ChallengeTask[]): Promise<void> {
    for (const task of tasks) await this.show(task)
  }

  async cleanUp(tasks: readonly ChallengeTask[]): Promise<void> {
    for (const task of tasks) await rm(this.pathOf(task), { force: true })
    // Deepest first; what others put there keeps its folder.
    for (const folder of this.madeFolders.splice(0).reverse()) await rmdir(folder).catch(() => undefined)
  }

  private async show(task: ChallengeTask): Promise<void> {
    const webroot = this.webrootOf(task)
    try {
      const owner = await stat(webroot)
      if (!owner.isDirectory()) throw Object.assign(new Error('not a directory'), { code: 'ENOTDIR' })
      await this.makeFolders(webroot, owner)
      await writePublic(this.pathOf(task), task.keyAuthorization, owner)
    } catch (error) {
      throw unusable(webroot, task.domain, error as NodeJS.ErrnoException)
    }
  }

  private async makeFolders(webroot: string, owner: Owner): Promise<void> {
    for (const folder of [join(webroot, '.well-known'), join(webroot, '.well-known/acme-challenge')]) {
      const made = await mkdir(folder, { mode: 0o755 }).then(
        () => true,
        (error: unknown) => {
          if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
          throw error
        },
      )
      if (!made) continue
      this.madeFolders.push(folder)
      await give(folder, owner)
    }
  }

  private webrootOf({ domain }: ChallengeTask): string {
    const path = Object.hasOwn(this.webroots, domain) ? this.webroots[domain] : undefined
    if (path) return path
    throw new Failure('usage', {
      en: `No webroot is given for ${domain}: put its -w DIRECTORY before its -d.`,
      ja: `${domain} の webroot が指定されていません。-d の前に -w ディレクトリを置いてください。`,
    })
  }

  private pathOf(task: ChallengeTask): string {
    return join(this.webrootOf(task), httpPath(task))
  }
}

interface Owner {
  uid: number
  gid: number
}

/** The folder belongs to the web server's user, who could have put a link there: nothing is written through one. */
async function writePublic(path: string, content: string, owner: Owner): Promise<void> {
  await rm(path, { force: true })
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW || 0)
  const file = await open(path, flags, 0o644)
  try {
    await file.writeFile(content)
    await file.chmod(0o644)
    await file.chown(owner.uid, owner.gid).catch(() => undefined)
  } finally {
    await file.close()
  }
}

/** Web servers that look at the owner are few; whoever is not root keeps what is made. */
const give = (folder: string, { uid, gid }: Owner) => chown(folder, uid, gid).catch(() => undefined)

const unusable = (webroot: string, domain: string, error: NodeJS.ErrnoException) => {
  const place = printable(error.path ? dirname(error.path) : webroot, 300)
  return new Failure(
    'failed',
    {
      en: `The challenge file for ${domain} cannot be put under ${printable(webroot, 300)} (${error.code} in ${place}). Check the path, its permissions and free space. The server was not asked to look.`,
      ja: `${domain} のチャレンジファイルを ${printable(webroot, 300)} に置けません (${place}: ${error.code})。パス、権限、空き容量を確かめてください。サーバにはまだ確認を求めていません。`,
    },
    { cause: error },
  )
}
