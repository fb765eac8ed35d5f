/** Sign-in: by the one-time link that led here, by client certificate, or by OpenID Connect. */
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api, type Schemas, unwrap } from '../../api/client.js'
import { useTakeSession } from '../../api/session.js'
import { LanguageSwitch } from '../../frame/language-switch.js'
import { useWords } from '../../i18n/language.js'
import { TextField } from '../../ui/field.js'
import { Failed } from '../../ui/outcome.js'
import { Page } from '../../ui/page.js'

const text = {
  title: { ja: 'サインイン', en: 'Sign in' },
  product: { ja: 'UPKI証明書 登録担当者コンソール', en: "UPKI certificates: the operator's console" },
  certificate: { ja: 'クライアント証明書でサインイン', en: 'Sign in by client certificate' },
  oidc: { ja: '{name}でサインイン', en: 'Sign in with {name}' },
  linkAct: { ja: 'リンクでサインイン', en: 'Sign in by the link' },
  linkHint: {
    ja: '最初のリンクは npm start の画面に表示されます。新しいリンクは upki-gateway login-link で作れます。',
    en: 'npm start shows the first link; upki-gateway login-link makes new ones.',
  },
  link: { ja: '一回限りのリンク', en: 'One-time link' },
  failures: {
    unknown: {
      ja: 'このアカウントは登録担当者として登録されていません。管理者に登録を依頼してください。',
      en: 'This account belongs to no operator. Ask an administrator to register it.',
    },
    failed: {
      ja: '認証が完了しませんでした。もう一度お試しください。',
      en: 'The sign-in was not completed. Please try again.',
    },
  },
}

/** The token stands behind the `#`, so that it is in no log of a server or proxy. */
const tokenOf = (link: string): string => /#link=([\w-]+)/.exec(link)?.[1] ?? ''

/** Read once, and taken out of the address and the history. */
function takeToken(): string {
  const token = tokenOf(location.hash)
  if (token) history.replaceState(null, '', location.pathname)
  return token
}

function failureOf(search: string): keyof typeof text.failures | undefined {
  const failure = new URLSearchParams(search).get('sign-in')
  return failure === 'unknown' || failure === 'failed' ? failure : undefined
}

export function SignIn({ ways }: { ways: Schemas['Session']['ways'] }) {
  const { t } = useWords()
  const failure = failureOf(location.search)
  return (
    <main className="sign-in">
      <Page title={t(text.title)} actions={<LanguageSwitch />}>
        <p>{t(text.product)}</p>
        {failure && (
          <p className="notice error" role="alert">
            {t(text.failures[failure])}
          </p>
        )}
        {ways.oidc !== null && (
          <a className="button primary" href="/v1/session/oidc">
            {t(text.oidc, { name: ways.oidc })}
          </a>
        )}
        {ways.certificate && <ByCertificate />}
        <ByLink />
      </Page>
    </main>
  )
}

function ByCertificate() {
  const { t } = useWords()
  const signIn = useMutation({
    mutationFn: () => unwrap(api.POST('/v1/session/certificate')),
    onSuccess: useTakeSession(),
  })
  return (
    <>
      <button type="button" className="primary" onClick={() => signIn.mutate()}>
        {t(text.certificate)}
      </button>
      {signIn.error && <Failed error={signIn.error} />}
    </>
  )
}

function ByLink() {
  const { t } = useWords()
  const [link, setLink] = useState(takeToken)
  const signIn = useMutation({
    mutationFn: () => unwrap(api.POST('/v1/session/link', { body: { token: tokenOf(link) || link.trim() } })),
    onSuccess: useTakeSession(),
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        signIn.mutate()
      }}
    >
      <TextField
        label={t(text.link)}
        hint={t(text.linkHint)}
        value={link}
        onChange={setLink}
        mono
        isRequired
      />
      <button type="submit" disabled={signIn.isPending}>
        {t(text.linkAct)}
      </button>
      {signIn.error && <Failed error={signIn.error} />}
    </form>
  )
}
