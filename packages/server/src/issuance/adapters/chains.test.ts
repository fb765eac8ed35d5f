import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CrossSigned, makeCrossSigned, writePems } from '../../testing/cross-signed.js'
import { loadChains } from './chains.js'

let directory: string
let pki: CrossSigned
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'upki-chains-'))
  pki = await makeCrossSigned()
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

type Name = Exclude<keyof CrossSigned, 'leaf'>
const files = (names: readonly Name[]) => writePems(directory, ...names.map((name) => pki[name]))
const named = (chain: readonly string[]): (Name | undefined)[] =>
  chain.map((pem) => (['issuing', 'cross', 'root'] as const).find((name) => pki[name].trim() === pem.trim()))

describe('chains of a leaf', () => {
  it.each<{ name: string; has: Name[]; chains: Name[][] }>([
    { name: 'one where there is one way up', has: ['issuing'], chains: [['issuing']] },
    { name: 'one with the cross certificate', has: ['issuing', 'cross'], chains: [['issuing', 'cross']] },
    {
      name: 'with and without the cross certificate where the root is there too',
      has: ['issuing', 'cross', 'root'],
      chains: [['issuing', 'cross'], ['issuing']],
    },
    {
      name: 'in the order of the files',
      has: ['root', 'cross', 'issuing'],
      chains: [['issuing'], ['issuing', 'cross']],
    },
    { name: 'each once', has: ['issuing', 'cross', 'cross'], chains: [['issuing', 'cross']] },
  ])('are $name', ({ has, chains }) => {
    const paths = files(has)
    expect(loadChains(paths).allChainsFor(pki.leaf).map(named)).toEqual(chains)
    expect(named(loadChains(paths).chainFor(pki.leaf))).toEqual(chains[0])
  })

  it('are none when its issuer is not known, which is an error where one is needed', () => {
    const paths = files(['cross', 'root'])
    expect(loadChains(paths).allChainsFor(pki.leaf)).toEqual([])
    expect(() => loadChains(paths).chainFor(pki.leaf)).toThrow(/chainFiles/)
  })

  it('are found in a file that was replaced meanwhile, without a restart', () => {
    const [path = ''] = files(['cross'])
    const { chainFor: chainOf } = loadChains([path])
    expect(() => chainOf(pki.leaf)).toThrow(/chainFiles/)
    writeFileSync(path, pki.issuing)
    expect(named(chainOf(pki.leaf))).toEqual(['issuing'])
  })

  it('stay what they are while the file does', () => {
    const { chainFor: chainOf } = loadChains(files(['issuing', 'cross']))
    expect([1, 2].map(() => named(chainOf(pki.leaf)))).toEqual([
      ['issuing', 'cross'],
      ['issuing', 'cross'],
    ])
  })
})
