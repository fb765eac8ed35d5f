import type { Application } from '@upki-gateway/shared/application'
import { ApplicationChecker, checkApplications } from '@upki-gateway/shared/check'
import { dnFor, makeCsr, organisation } from '@upki-gateway/shared/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import { judgeMany } from './judge-many.js'

const context = { organisation, profiles: ['3', '11'] }

let csr: string
beforeAll(async () => {
  csr = await makeCsr({
    key: 'p384',
    subject: 'C=JP,ST=Tokyo,L=Chiyoda-ku,O=Example University,CN=a.example.ac.jp',
  })
})

/** The names are all different, so that each row but the first has something to be told of its CSR. */
const rows = (count: number): Application[] =>
  Array.from({ length: count }, (_, index) => ({
    kind: 'server-issue',
    fields: {
      subjectDn: dnFor(`host${index}.example.ac.jp`),
      profileId: '11',
      csr: index === 250 ? csr.replace(/.{8}$/, 'AAAAAAA=') : csr,
      fqdn: `host${index}.example.ac.jp`,
      subscriberEmail: 'taro@example.ac.jp',
      software: 'nginx',
    },
  }))

describe('judgeMany', () => {
  it('leaves rows that are few to the thread that asks', async () => {
    expect(await judgeMany(rows(199), context)).toBeUndefined()
  })

  it('finds in many rows what is found in them one by one, each under its number', async () => {
    const many = rows(300)
    const judged = (await judgeMany(many, context)) ?? []
    expect(judged).toHaveLength(300)
    expect(new ApplicationChecker().finish(many, judged, context)).toEqual(checkApplications(many, context))
  })

  it('lets everything else go on meanwhile', async () => {
    let turns = 0
    let isDone = false
    const turn = () => {
      turns++
      if (!isDone) setImmediate(turn)
    }
    setImmediate(turn)
    await judgeMany(rows(300), context)
    isDone = true
    // Judged here there would be none between asking and the answer.
    expect(turns).toBeGreaterThan(10)
  })
})
