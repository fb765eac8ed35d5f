/** An organisation or issuance system that was taken out of the configuration, or has another id there now. */
import { sampleCsr } from '@upki-gateway/shared/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { openTestIssuance, type TestIssuance } from '../testing/issuance.js'
import { assembleBatches } from './assemble-batches.js'
import { collectReports } from './collect-reports.js'
import { tellForgotten } from './forgotten-work.js'
import { submitBatches } from './submit-batches.js'

let issuance: TestIssuance

beforeAll(async () => {
  issuance = await openTestIssuance()
  const { env } = issuance
  const { organisation, issuanceSystem, settings } = env
  const known =
    <T>(find: (id: string) => T) =>
    (id: string): T => {
      if (id === 'gone') throw new Error('There is no gone in the configuration')
      return find(id)
    }
  Object.assign(env, {
    organisation: known(organisation),
    issuanceSystem: known(issuanceSystem),
    settings: known(settings),
  })
})
afterEach(() => issuance.clear())
afterAll(() => issuance.close())

const apply = async (...names: string[]) => issuance.apply(...(await Promise.all(names.map(sampleCsr))))

const errors = async () => {
  const told = vi.spyOn(issuance.env.log, 'error')
  await tellForgotten(issuance.env)
  const calls = told.mock.calls.map(([facts]) => facts)
  told.mockRestore()
  return calls
}

describe('queued applications of an organisation that is gone', () => {
  it('keep none of the others waiting, and are told of', async () => {
    const [gone] = await apply('gone.example.ac.jp', 'here.example.ac.jp')
    expect(await errors()).toEqual([])
    await issuance.env.db
      .updateTable('applications')
      .set({ organisation: 'gone' })
      .where('id', '=', gone!.id)
      .execute()
    await assembleBatches(issuance.env)
    expect((await issuance.look()).map(({ state }) => state)).toEqual(['queued', 'batched'])
    expect(await errors()).toEqual([{ organisations: ['gone'], issuanceSystems: [] }])
  })
})

describe('a file that went to an issuance system that is gone', () => {
  it('keeps none of the others from the report, and is told of', async () => {
    for (const name of ['gone.example.ac.jp', 'here.example.ac.jp']) {
      await apply(name)
      await assembleBatches(issuance.env)
      await submitBatches(issuance.env)
    }
    const [gone] = await issuance.look()
    await issuance.env.db
      .updateTable('batches')
      .set({ issuance_system: 'gone' })
      .where('id', '=', gone!.batch_id!)
      .execute()
    let readings = 0
    issuance.upstream.report = () => {
      readings++
      return Promise.resolve([])
    }
    await collectReports(issuance.env)
    expect(readings).toBe(1)
    expect(await errors()).toEqual([{ organisations: [], issuanceSystems: ['gone'] }])
  })
})
