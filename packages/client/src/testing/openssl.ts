/** OpenSSL as a second opinion on what we write; tests that need it say so when it is missing. */
import { execFileSync, spawnSync } from 'node:child_process'

export const hasOpenssl = spawnSync('openssl', ['version']).status === 0

if (!hasOpenssl) console.warn('openssl is not installed: the tests that compare with it are skipped')

export const openssl = (...args: string[]) =>
  execFileSync('openssl', args, { encoding: 'utf8', stdio: 'pipe' })
