/** `csr`: a key and a CSR, checked as the service will check them before they are written. */
import { rm, writeFile } from 'node:fs/promises'
import { checkApplications, completeApplications } from '@upki-gateway/shared/check'
import { parseCsr, toOneLineBase64 } from '@upki-gateway/shared/csr'
import { renderDnsNames } from '@upki-gateway/shared/identifier'
import { createCsr } from '../../keystore/csr.js'
import { generateCertificateKey } from '../../keystore/certificate-key.js'
import type { KeyType } from '../../keystore/certificate-key.js'
import { Failure } from '../../terminal/failure.js'
import type { Outcome } from '../../terminal/failure.js'
import type { CommonOptions, Context } from '../command-spec.js'
import { refuseErrors } from '../tsv/report-findings.js'
import { readSettings } from '../tsv/settings.js'

export interface CsrOptions extends CommonOptions {
  operands: string[]
  config?: string
  configId?: string
  organization?: string
  locality?: string
  state?: string
  keyType: KeyType
  output?: string
}

/** Columns that say nothing about a CSR. */
const otherColumns = { subscriberEmail: 'nobody@example.ac.jp', software: 'none' }

export async function runCsr(options: CsrOptions, { reporter }: Context): Promise<Outcome> {
  const settings = await readSettings(options)
  const names = options.operands.map((name) => name.toLowerCase())
  const [commonName = ''] = names
  const subject = subjectOf(options, settings.organisation, commonName)
  const privateKey = await generateCertificateKey(options.keyType)
  const pem = await createCsr({ names, keyType: options.keyType, privateKey, subject })
  const fields = { ...otherColumns, csr: toOneLineBase64(pem), dnsNames: renderDnsNames(names) }
  const { applications } = completeApplications([{ kind: 'server-issue', fields }], settings)
  refuseErrors(commonName, checkApplications(applications, settings), 1)
  const paths = await writePair(options.output ?? commonName, privateKey, pem)
  reporter.result(
    { ja: `書きました: ${paths.join(', ')}`, en: `Wrote ${paths.join(', ')}` },
    { files: paths, subject: parseCsr(pem).subjectDn },
  )
  return 'done'
}

type Subject = Parameters<typeof createCsr>[0]['subject'] & object
type Registered = Awaited<ReturnType<typeof readSettings>>['organisation']

function subjectOf(
  { organization, locality, state }: CsrOptions,
  registered: Registered,
  CN: string,
): Subject {
  const [O, L, ST] = [
    organization ?? registered?.organizationName,
    locality ?? registered?.locality,
    state ?? registered?.stateOrProvince,
  ]
  if (O && L && ST) return { C: 'JP', ST, L, O, CN }
  throw new Failure('usage', {
    en: 'Give --config, or --organization, --locality and --state, exactly as registered with the service.',
    ja: '--config、または --organization、--locality、--state を、サービスへの登録値どおりに指定してください。',
  })
}

/** Both or none; what is there stays. */
async function writePair(prefix: string, key: string, csr: string): Promise<string[]> {
  const [keyPath, csrPath] = [`${prefix}.key`, `${prefix}.csr`]
  try {
    await writeFile(keyPath, key, { mode: 0o600, flag: 'wx' })
    await writeFile(csrPath, csr, { mode: 0o644, flag: 'wx' }).catch(async (error: unknown) => {
      await rm(keyPath)
      throw error
    })
    return [keyPath, csrPath]
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    throw new Failure('usage', {
      en: `${keyPath} or ${csrPath} is there already; name another with --output.`,
      ja: `${keyPath} か ${csrPath} が既にあります。--output で別の名前を指定してください。`,
    })
  }
}
