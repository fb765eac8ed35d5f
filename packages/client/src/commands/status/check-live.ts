/** `status --check`: is the certificate in use where no installer of ours brought it? Then the gateway is told. */
import { readFile } from 'node:fs/promises'
import { parseChain } from '../../acme/certificate-chain.js'
import { lookAt, lookForLineage } from '../../installers/look-deployed.js'
import { chooseDirectories, prepareDirectories, type Directories } from '../../keystore/directories.js'
import { mustReadLineage } from '../../keystore/lineages.js'
import { listForeignStates, readState, updateState } from '../../renewal/deployment-state.js'
import { readRenewalConfig } from '../../renewal/renewal-config.js'
import { Failure, type Outcome } from '../../terminal/failure.js'
import { printable } from '../../terminal/printable.js'
import { chooseCertName } from '../choose-lineage.js'
import type { Context } from '../command-spec.js'
import { confirmSeen } from '../renew/confirm-seen.js'
import type { StatusOptions } from './options.js'

/** @throws Failure when another certificate is shown there */
export async function runCheck(options: StatusOptions, context: Context): Promise<Outcome> {
  const { configDir, workDir, logsDir, certPath, check } = options
  if (check === undefined) throw withoutPlace
  const directories = chooseDirectories({ config: configDir, work: workDir, logs: logsDir })
  await prepareDirectories(directories)
  const serial = certPath
    ? await checkFile(directories, certPath, check, context)
    : await checkLineage(directories, options.certName, check, context)
  context.reporter.result(
    { en: `${check} shows the certificate ${serial}.`, ja: `${check} は証明書 ${serial} を送っています。` },
    { outcome: 'seen', serial, check },
  )
  return 'done'
}

async function checkLineage(
  directories: Directories,
  certName: string | undefined,
  place: string,
  context: Context,
): Promise<string> {
  const name = await chooseCertName(directories, { certName, takesOnlyOne: true }, context)
  const lineage = await mustReadLineage(directories, name)
  await lookForLineage(directories, lineage, { place, now: context.now() })
  await confirmSeen(directories, name, await readRenewalConfig(directories, name), context)
  return lineage.serial
}

/** For a key that lies elsewhere: what is known of it was kept when the files were written. */
async function checkFile(
  directories: Directories,
  path: string,
  place: string,
  context: Context,
): Promise<string> {
  const chain = parseChain(await readFile(path, 'utf8'))
  const [leaf] = chain
  if (!leaf) throw withoutCertificate(path)
  const names = leaf.subjectAltName?.match(/(?<=DNS:)[^,\s]+/g) ?? []
  await lookAt({ place, now: context.now() }, names, chain)
  const serial = leaf.serialNumber
  for (const name of await listForeignStates(directories)) {
    const { confirm, orderedBy } = await readState(directories, name)
    if (confirm?.serial !== serial) continue
    await updateState(directories, name, { seen: { serial, at: context.now().toISOString() } })
    await confirmSeen(directories, name, orderedBy, context)
  }
  return serial
}

const withoutPlace = new Failure('usage', {
  en: 'Where is it in use? Give --check HOST:PORT as well.',
  ja: '確かめる場所がありません。--check HOST:PORT も指定してください。',
})

const withoutCertificate = (path: string) =>
  new Failure('usage', {
    en: `${printable(path, 200)} holds no certificate in PEM.`,
    ja: `${printable(path, 200)} に PEM の証明書がありません。`,
  })
