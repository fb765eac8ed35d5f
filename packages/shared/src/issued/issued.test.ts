import { beforeAll, describe, expect, it } from 'vitest'
import { checkApplications } from '../check/index.js'
import type { ReportRow } from '../report/index.js'
import { makeCertificate } from '../testing/make-certificate.js'
import { organisation } from '../testing/sample.js'
import { readCertificate, renewalOf, revocationOf, selectRows } from './index.js'

const now = new Date('2026-06-01T00:00:00Z')

const makeIssued = (issuer: string, notBefore: string, notAfter = '2027-01-01'): Promise<string> =>
  makeCertificate({ issuer, notBefore, notAfter, organizationName: 'Example, Inc. University' })

let g7 = ''
const row = (changes: Partial<ReportRow>): ReportRow => ({
  ...(Object.fromEntries(
    [
      'applicationId',
      'profileId',
      'statusCode',
      'subscriberName',
      'subscriberDepartment',
      'subscriberEmail',
      'fqdn',
    ]
      .concat([
        'software',
        'csr',
        'dnsNames',
        'notBefore',
        'notAfter',
        'oldSerial',
        'errorCode',
        'submittedAt',
      ])
      .concat(['completedAt', 'revocationReason', 'revokedAt'])
      .map((name) => [name, '']),
  ) as unknown as ReportRow),
  subjectDn: 'CN=www.example.ac.jp,O=Example University,L=Chiyoda-ku,ST=Tokyo,C=JP',
  status: 'issued',
  serial: '255',
  certificatePem: g7,
  ...changes,
})

beforeAll(async () => {
  g7 = await makeIssued('NII Open Domain CA - G7 RSA', '2026-01-10')
})

describe('readCertificate', () => {
  it('gives the DN in the order of the TSV, commas in values kept, and the serial in decimal', () => {
    expect(readCertificate(g7)).toMatchObject({
      subjectDn: 'CN=www.example.ac.jp,O=Example, Inc. University,L=Chiyoda-ku,ST=Tokyo,C=JP',
      serial: '62619332934935910747746520067307416637',
      issuer: 'NII Open Domain CA - G7 RSA',
      dnsNames: ['www.example.ac.jp'],
    })
  })
})

describe('selectRows', () => {
  it('chooses by authority, moment of issue and what is still in force', async () => {
    const g8 = await makeIssued('NII Open Domain CA - G8 RSA', '2026-01-10')
    const early = await makeIssued('NII Open Domain CA - G7 RSA', '2025-12-31')
    const ended = await makeIssued('NII Open Domain CA - G7 RSA', '2026-01-10', '2026-05-31')
    const rows = [
      row({ applicationId: 'meant' }),
      row({ applicationId: 'replaced', status: 'replaced' }),
      row({ applicationId: 'revoked', status: 'revoked' }),
      row({ applicationId: 'other authority', certificatePem: g8 }),
      row({ applicationId: 'too early', certificatePem: early }),
      row({ applicationId: 'ended', certificatePem: ended }),
      row({ applicationId: 'no certificate', certificatePem: '' }),
    ]
    const since = new Date('2026-01-01')
    const { rows: selected, untold } = selectRows(rows, { issuer: 'G7', since, now })
    expect(selected.map(({ applicationId }) => applicationId)).toEqual(['meant', 'replaced'])
    expect(untold.map(({ applicationId }) => applicationId)).toEqual(['no certificate'])
    expect(selectRows(rows, { until: since, now }).rows.map(({ applicationId }) => applicationId)).toEqual([
      'too early',
    ])
  })
})

describe('revocationOf', () => {
  it.each(['server', 'client', 'acme'] as const)('makes a %s revocation that passes the check', (family) => {
    const application = revocationOf(row({}), { reason: '4', comment: '更新のため' }, family)
    expect([application.kind, checkApplications([application], { organisation })]).toEqual([
      `${family}-revoke`,
      [],
    ])
  })
})

describe('renewalOf', () => {
  it('repeats what is on record and asks for a new CSR', () => {
    const given = {
      fqdn: 'www.example.ac.jp',
      profileId: '3',
      software: 'nginx',
      subscriberEmail: 'a@example.ac.jp',
    }
    const { kind, fields } = renewalOf(row(given))
    const findings = checkApplications([{ kind: 'server-renew', fields }], { organisation })
    expect([kind, fields.serial, findings.map(({ code, field }) => [code, field])]).toEqual([
      'server-renew',
      '255',
      [['required', 'csr']],
    ])
  })
})
