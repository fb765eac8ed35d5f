/**
 * `renewal/NAME.conf`: what a renewal needs to know, in the form certbot keeps
 * it: an INI file with the paths on top and `[renewalparams]` below.
 */
import { stringify } from 'ini'
import type { KeyType } from '../keystore/certificate-key.js'
import { publicMode, makePrivateDirectory, writeFileAtomic } from '../keystore/atomic-file.js'
import { paths, type Directories } from '../keystore/directories.js'
import { livePaths } from '../keystore/lineage.js'
import { version } from '../version.js'
import { dirname } from 'node:path'

export interface RenewalParameters {
  /** Directory URL. */
  server: string
  /** Folder name under `accounts/`. */
  account: string
  keyType: KeyType
  /** PEM file that the server's TLS is trusted by. */
  caFile?: string
  software?: string
}

export async function writeRenewalConfig(
  directories: Directories,
  name: string,
  parameters: RenewalParameters,
): Promise<void> {
  const path = paths.renewal(directories, name)
  await makePrivateDirectory(dirname(path))
  await writeFileAtomic(path, renderRenewalConfig(directories, name, parameters), publicMode)
}

function renderRenewalConfig(
  directories: Directories,
  name: string,
  { server, account, keyType, caFile, software }: RenewalParameters,
): string {
  const top = { version, archive_dir: paths.archive(directories, name), ...livePaths(directories, name) }
  const renewalparams = {
    account,
    server,
    key_type: keyType,
    ...(caFile ? { ca_file: caFile } : {}),
    ...(software ? { software } : {}),
  }
  return stringify({ ...top, renewalparams }, { whitespace: true })
}
