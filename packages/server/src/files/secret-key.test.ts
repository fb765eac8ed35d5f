import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { makeVault, openVault } from './secret-key.js'

describe('a vault', () => {
  const vault = makeVault(randomBytes(32))
  const secret = randomBytes(32)

  it('opens what it sealed, and seals differently each time', () => {
    const [one, two] = [vault.seal(secret, 'a'), vault.seal(secret, 'a')]
    expect(vault.open(one, 'a')).toEqual(secret)
    expect(one).not.toEqual(two)
    expect(one.includes(secret)).toBe(false)
  })

  it('opens nothing that was changed, sealed for something else, or sealed by another', () => {
    const sealed = vault.seal(secret, 'a')
    for (let index = 0; index < sealed.length; index++) {
      const changed = Buffer.from(sealed)
      changed[index] = (changed[index] ?? 0) ^ 1
      expect(() => vault.open(changed, 'a')).toThrow()
    }
    expect(() => vault.open(sealed, 'b')).toThrow()
    expect(() => vault.open(sealed.subarray(0, 20), 'a')).toThrow()
    expect(() => makeVault(randomBytes(32)).open(sealed, 'a')).toThrow()
  })

  it('derives a key for each purpose, the same every time', () => {
    expect(vault.derive('a')).toEqual(vault.derive('a'))
    expect(vault.derive('a')).not.toEqual(vault.derive('b'))
  })
})

describe('secret.key', () => {
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'upki-key-'))
    return () => rmSync(directory, { recursive: true })
  })

  it('is made once, for its owner only, by however many start at once', async () => {
    const vaults = await Promise.all(Array.from({ length: 8 }, () => openVault(directory)))
    expect(new Set(vaults.map((vault) => vault.derive('x').toString('hex'))).size).toBe(1)
    expect(readdirSync(directory)).toEqual(['secret.key'])
    expect(statSync(join(directory, 'secret.key')).mode & 0o777).toBe(0o600)
    const again = await openVault(directory)
    expect(again.derive('x')).toEqual(vaults[0]?.derive('x'))
  })

  it('that holds something else stops the start and is left as it is', async () => {
    const file = join(directory, 'secret.key')
    writeFileSync(file, 'short\n')
    await expect(openVault(directory)).rejects.toThrow(/does not hold a key/)
    expect(readFileSync(file, 'utf8')).toBe('short\n')
  })
})
