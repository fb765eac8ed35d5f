import { beforeAll, describe, expect, it } from 'vitest'
import type { ApplicationFields, ApplicationInput } from '../application/index.js'
import { makeCsr } from '../testing/make-csr.js'
import { dnFor, organisation } from '../testing/sample.js'
import { checkApplications, completeApplications } from './index.js'
import type { CheckContext } from './index.js'

const cn = 'www.example.ac.jp'
let csr = ''
beforeAll(async () => {
  csr = await makeCsr()
})

const minimal = (fields: ApplicationFields = {}): ApplicationInput => ({
  fields: { csr, subscriberEmail: 'taro@example.ac.jp', software: 'nginx', ...fields },
})

const completeOne = (input: ApplicationInput, context: CheckContext = { organisation }) => {
  const { applications, filled } = completeApplications([input], context)
  return { application: applications[0]!, filled: filled.map(({ field, value }) => `${field}=${value}`) }
}

describe('completeApplications', () => {
  it('makes an acceptable application of a CSR, and says what was filled', () => {
    const { application, filled } = completeOne(minimal())
    expect(checkApplications([application], { organisation })).toEqual([])
    expect(application.kind).toBe('server-issue')
    expect(filled).toEqual([
      `subjectDn=${dnFor(cn)}`,
      `fqdn=${cn}`,
      `dnsNames=dNSName=${cn}`,
      'profileId=3',
      'kind=server-issue',
    ])
  })

  it('renews a CN that is on record, with the serial of its newest certificate', () => {
    const history = (name: string) => (name === cn ? { serial: '255' } : undefined)
    const { application } = completeOne({ ...minimal(), kind: 'server' }, { organisation, history })
    expect(application).toMatchObject({ kind: 'server-renew', fields: { serial: '255' } })
    expect(
      completeOne({ ...minimal(), kind: 'server-renew' }, { organisation, history }).application.fields
        .serial,
    ).toBe('255')
  })

  it('never changes a given value', () => {
    const given = { subjectDn: 'CN=a', fqdn: 'b', profileId: '9', dnsNames: 'dNSName=c', serial: '1' }
    const history = () => ({ serial: '255' })
    const { application } = completeOne(
      { kind: 'server-issue', ...minimal(given) },
      { organisation, history },
    )
    expect(application).toEqual({ kind: 'server-issue', fields: minimal(given).fields })
  })

  it('takes the names from the CSR when none are given, the CN included', async () => {
    const withNames = await makeCsr({ dnsNames: ['web.example.ac.jp'], key: 'p384' })
    const { application } = completeOne(minimal({ csr: withNames }))
    expect(application.fields).toMatchObject({
      dnsNames: `dNSName=web.example.ac.jp,dNSName=${cn}`,
      profileId: '11',
    })
  })

  it('takes the CN from the FQDN, then from the names, before the CSR', () => {
    expect(completeOne(minimal({ fqdn: 'a.example.ac.jp' })).application.fields.subjectDn).toBe(
      dnFor('a.example.ac.jp'),
    )
    const { fields } = completeOne(minimal({ dnsNames: 'dNSName=b.example.ac.jp' })).application
    expect(fields).toMatchObject({ subjectDn: dnFor('b.example.ac.jp'), fqdn: 'b.example.ac.jp' })
  })

  it('takes the subject of the CSR when the organisation is not known', () => {
    expect(completeOne(minimal(), {}).application.fields.subjectDn).toBe(dnFor(cn))
  })

  it('leaves what it cannot know to the check', () => {
    const { application } = completeOne({ fields: { csr: 'garbage', serial: '' } })
    expect(application).toEqual({ kind: 'server-issue', fields: { csr: 'garbage' } })
  })

  it('leaves other kinds as they are, and keeps the row of each', () => {
    const revoke: ApplicationInput = { kind: 'server-revoke', fields: { serial: '1' } }
    const { applications, filled } = completeApplications([revoke, minimal()], { organisation })
    expect(applications[0]).toEqual(revoke)
    expect(new Set(filled.map(({ row }) => row))).toEqual(new Set([2]))
  })
})
