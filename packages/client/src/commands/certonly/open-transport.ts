/** A connection to one ACME server, logged under the logs directory. */
import { Transport } from '../../acme/transport.js'
import type { Directories } from '../../keystore/directories.js'
import { openLog } from '../../terminal/log-file.js'
import { version } from '../../version.js'
import type { Context } from '../command-spec.js'

export const userAgent = `upki-client/${version} (node ${process.versions.node}; ${process.platform})`

export function openTransport(
  directories: Directories,
  { server, trustedCas }: { server: URL; trustedCas?: string },
  { reporter, language, signal }: Context,
): Transport {
  const log = openLog(directories.logs, (error) =>
    reporter.warn({ en: `no log: ${error.message}`, ja: `ログを書けません: ${error.message}` }),
  )
  return new Transport({
    directory: server,
    trustedCas,
    userAgent,
    language,
    log,
    signal,
  })
}
