/** Operators sign in with the identity provider of their university, or with their client certificates. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Agent, fetch } from 'undici'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { Authority, type Identity } from './support/certificates.js'
import { type Console, type Language, languages } from './support/console.js'
import { openUniversity } from './support/suite.js'
import { authorities } from './support/university.js'

let university: Console
beforeAll(async () => {
  university = await openUniversity()
})
afterAll(() => university.close())
afterEach(() => expect(university.faults.splice(0)).toEqual([]))

async function enter(operator: Record<string, unknown>): Promise<string> {
  const body = JSON.stringify({ role: 'operator', ...operator })
  const answer = await university.system.call('/v1/operators', { method: 'POST', body })
  if (answer.status !== 201) throw new Error(await answer.text())
  return ((await answer.json()) as { id: string }).id
}

describe('with OpenID Connect', () => {
  /** Goes to the provider and says there who one is. */
  async function goAs(login: string, language: Language = 'ja') {
    const page = await university.visit(language)
    await page.goto('/')
    await page.getByRole('link', { name: '大学認証基盤' }).click()
    await page.locator('[name=login]').fill(login)
    await page.getByRole('button', { name: 'go' }).click()
    return page
  }

  it('lets an operator in by his verified address, and by his account from then on', async () => {
    const id = await enter({ displayName: '国立 花子', email: 'hanako@example.ac.jp' })
    const page = await goAs('hanako')
    await page.getByText('国立 花子').waitFor()
    expect(new URL(page.url()).pathname).toBe('/')
    await page.context().close()
    const body = JSON.stringify({ email: 'another@example.ac.jp' })
    await university.system.call(`/v1/operators/${id}`, { method: 'PATCH', body })
    const again = await goAs('hanako', 'en')
    await again.getByText('国立 花子').waitFor()
    await again.getByRole('button', { name: 'Sign out' }).click()
    await again.getByRole('heading', { name: 'Sign in' }).waitFor()
    await again.context().close()
  })

  const strangers = [
    { who: 'an account that is no operator’s', login: 'stranger' },
    { who: 'an address that nobody verified', login: 'unverified-jiro', name: '情報 次郎' },
    { who: 'an operator who is disabled', login: 'saburo', name: '学術 三郎', disabled: true },
  ]
  beforeAll(async () => {
    for (const { login, name, disabled = false } of strangers) {
      if (name === undefined) continue
      const id = await enter({ displayName: name, email: `${login}@example.ac.jp` })
      const body = JSON.stringify({ disabled })
      await university.system.call(`/v1/operators/${id}`, { method: 'PATCH', body })
    }
  })

  const refusals = {
    ja: {
      unknown: 'このアカウントは登録担当者として登録されていません。管理者に登録を依頼してください。',
      notBegun: '認証が完了しませんでした。もう一度お試しください。',
    },
    en: {
      unknown: 'This account belongs to no operator. Ask an administrator to register it.',
      notBegun: 'The sign-in was not completed. Please try again.',
    },
  }

  describe.each(languages)('(%s)', (language) => {
    it.each(strangers)('turns away $who, and says whom to ask', async ({ login }) => {
      const page = await goAs(login, language)
      await page.getByRole('alert').getByText(refusals[language].unknown).waitFor()
      expect(await page.getByRole('navigation').count()).toBe(0)
      await page.context().close()
    })

    it('refuses an answer to a sign-in that this browser did not begin', async () => {
      const page = await university.visit(language)
      await page.goto('/v1/session/oidc/callback?code=stolen&state=another')
      await page.getByRole('alert').getByText(refusals[language].notBegun).waitFor()
      expect(await page.context().cookies()).toEqual([])
      await page.context().close()
    })
  })
})

describe('with a client certificate', () => {
  const by = (authority: keyof typeof authorities) =>
    Authority.open(inject('university').folder, authorities[authority])

  const certificate = /クライアント証明書|client certificate/

  const visitWith = ({ cert, key }: Identity, language: Language = 'ja') =>
    university.visit(language, {
      context: { clientCertificates: [{ origin: university.system.url, cert, key }] },
    })

  it.each(languages)('lets the operator in whose certificate it is (%s)', async (language) => {
    const identity = by('operators').issue(`shiro-${language}`)
    await enter({ displayName: `Shiro (${language})`, certificateSha256: identity.fingerprint })
    const page = await visitWith(identity, language)
    await page.goto('/')
    await page.getByRole('button', { name: certificate }).click()
    await page.getByText(`Shiro (${language})`).waitFor()
    await page.context().close()
  })

  it.each(languages)('tells whoever has an unknown one its fingerprint (%s)', async (language) => {
    const identity = by('operators').issue(`nobody-${language}`)
    const page = await visitWith(identity, language)
    await page.goto('/')
    await page.getByRole('button', { name: certificate }).click()
    const told = {
      ja: `この証明書（SHA-256 ${identity.fingerprint}）の登録担当者がいません。管理者に登録を依頼してください。`,
      en: `No operator has this certificate (SHA-256 ${identity.fingerprint}); an administrator can register it`,
    }
    await page.getByRole('alert').getByText(told[language]).waitFor()
    await page.context().close()
  })

  const sign = async (identity?: Pick<Identity, 'cert' | 'key'>) => {
    const ca = readFileSync(join(university.system.directory, 'ca.pem'))
    const dispatcher = new Agent({ connect: { ca, ...identity } })
    const headers = { 'upki-console': '1' }
    const answer = await fetch(`${university.system.url}/v1/session/certificate`, {
      method: 'POST',
      dispatcher,
      headers,
    })
    const outcome = { status: answer.status, cookie: answer.headers.get('set-cookie') }
    await answer.text()
    await dispatcher.close()
    return outcome
  }

  it('refuses one of another CA, though it has the name of an operator, and none at all', async () => {
    const real = by('operators').issue('goro')
    await enter({ displayName: '五郎', certificateSha256: real.fingerprint })
    const forged = by('others').issue('forged-goro')
    expect(await sign(real)).toMatchObject({ status: 200, cookie: expect.stringContaining('__Host-') })
    expect((await sign(forged)).status).toBe(401)
    // Entered by mistake, it is still of no CA that is trusted here.
    await enter({ displayName: '偽', certificateSha256: forged.fingerprint })
    expect(await sign(forged)).toEqual({ status: 401, cookie: null })
    expect(await sign()).toEqual({ status: 401, cookie: null })
  })
})
