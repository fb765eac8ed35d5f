/** `revoke`: RFC 8555 §7.6. */
import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { parseDirectoryUrl } from '../../acme/endpoint.js'
import { chooseDirectories, prepareDirectories } from '../../keystore/directories.js'
import { mustReadLineage } from '../../keystore/lineages.js'
import { readRenewalConfig } from '../../renewal/renewal-config.js'
import { Failure, type Outcome } from '../../terminal/failure.js'
import { readGiven } from '../../terminal/given-file.js'
import { printable } from '../../terminal/printable.js'
import { openSession } from '../certonly/open-session.js'
import { openTransport } from '../certonly/open-transport.js'
import { chooseCertName } from '../choose-lineage.js'
import type { CommonOptions, Context } from '../command-spec.js'

export interface RevokeOptions extends CommonOptions {
  certName?: string
  certPath?: string
  reason: keyof typeof reasons
}

/** RFC 5280 §5.3.1, those that UPKI takes: docs/upki-tsv.md. */
const reasons = {
  unspecified: 0,
  keycompromise: 1,
  affiliationchanged: 3,
  superseded: 4,
  cessationofoperation: 5,
} as const

export async function runRevoke(options: RevokeOptions, context: Context): Promise<Outcome> {
  const { configDir, workDir, logsDir, certPath, reason } = options
  const directories = chooseDirectories({ config: configDir, work: workDir, logs: logsDir })
  await prepareDirectories(directories)
  const certName = await chooseCertName(directories, options, context)
  const lineage = await mustReadLineage(directories, certName)
  const parameters = await readRenewalConfig(directories, certName)
  if (!parameters) throw unmanaged(certName)
  const certificate = await readCertificate(certPath ?? lineage.paths.cert)
  const server = parseDirectoryUrl(parameters.server, true)
  const trustedCas = parameters.caFile && (await readFile(parameters.caFile, 'utf8'))
  const transport = openTransport(directories, { server, trustedCas }, context)
  try {
    const { session } = await openSession(directories, server, transport, {
      id: parameters.account,
      agreeTos: false,
    })
    const url = session.directory.revokeCert
    if (!url) throw unsupported
    await session.postForReply(url, {
      certificate: certificate.raw.toString('base64url'),
      reason: reasons[reason],
    })
  } finally {
    await transport.close()
  }
  report(context, certificate.serialNumber)
  return 'done'
}

/** PEM or DER. @throws Failure (usage) */
async function readCertificate(path: string): Promise<X509Certificate> {
  const content = await readGiven(path)
  try {
    return new X509Certificate(content)
  } catch (cause) {
    throw withoutCertificate(path, cause)
  }
}

const withoutCertificate = (path: string, cause: unknown) =>
  new Failure(
    'usage',
    {
      en: `${printable(path, 200)} holds no certificate. Give --cert-path with the file of the certificate to revoke.`,
      ja: `${printable(path, 200)} に証明書がありません。失効させる証明書のファイルを --cert-path で指定してください。`,
    },
    { cause },
  )

const report = ({ reporter }: Context, serial: string) =>
  reporter.result(
    {
      en: `The server took the revocation of certificate ${serial}.`,
      ja: `証明書 ${serial} の失効をサーバが受け付けました。`,
    },
    { outcome: 'done', serial },
  )

const unmanaged = (name: string) =>
  new Failure('failed', {
    en: `${name} has no renewal configuration, so it is not known which account ordered it.`,
    ja: `${name} の更新設定がないため、注文したアカウントが分かりません。`,
  })

const unsupported = new Failure('failed', {
  en: 'This server offers no revocation by ACME. Ask the registration authority operator.',
  ja: 'このサーバは ACME での失効に対応していません。登録担当者に依頼してください。',
})
