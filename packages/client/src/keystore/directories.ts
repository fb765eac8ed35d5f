/** Where things lie: certbot's tree under the configuration directory. */
import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '../terminal/failure.js'
import { makePrivateDirectory } from './atomic-file.js'

export interface Directories {
  /** Accounts, certificates, keys and renewal settings. */
  config: string
  /** Orders that are under way, each with its key. */
  work: string
  logs: string
}

const defaults: Directories = {
  config: '/etc/upki-client',
  work: '/var/lib/upki-client',
  logs: '/var/log/upki-client',
}

/** A configuration directory of one's own brings the other two with it, so that no root is needed. */
export function chooseDirectories(asked: Partial<Directories>): Directories {
  const config = asked.config ?? defaults.config
  const own = config !== defaults.config
  return {
    config,
    work: asked.work ?? (own ? join(config, 'work') : defaults.work),
    logs: asked.logs ?? (own ? join(config, 'logs') : defaults.logs),
  }
}

/** @throws Failure when one cannot be made or written. */
export async function prepareDirectories(directories: Directories): Promise<void> {
  for (const path of Object.values(directories) as string[]) {
    try {
      await makePrivateDirectory(path)
      await access(path, constants.W_OK)
    } catch (error) {
      throw unwritable(path, error as NodeJS.ErrnoException)
    }
  }
}

export const paths = {
  accounts: ({ config }: Directories) => join(config, 'accounts'),
  lock: ({ config }: Directories, subject: string) => join(config, 'locks', subject),
  archive: ({ config }: Directories, name: string) => join(config, 'archive', name),
  live: ({ config }: Directories, name: string) => join(config, 'live', name),
  /** The links of one version; `live` points to one of these folders. */
  version: ({ config }: Directories, name: string, number: number) =>
    join(config, 'versions', `${name}.${number}`),
  renewal: ({ config }: Directories, name: string) => join(config, 'renewal', `${name}.conf`),
  orders: ({ work }: Directories) => join(work, 'orders'),
  state: ({ work }: Directories, name: string) => join(work, 'state', `${name}.json`),
  order: ({ work }: Directories, name: string) => join(work, 'orders', name),
}

const unwritable = (path: string, error: NodeJS.ErrnoException) =>
  new Failure(
    'failed',
    {
      en: `${path} cannot be made or written (${error.code}). Run as root, or choose a directory of your own with --config-dir.`,
      ja: `${path} を作成または書き込みできません (${error.code})。root で実行するか、--config-dir で自分のディレクトリを指定してください。`,
    },
    { cause: error },
  )
