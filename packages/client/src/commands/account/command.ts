/** The entries of the four account commands in the command table. */
import type { Bilingual } from '@upki-gateway/shared/problem'
import { accountOptions } from '../certonly/command.js'
import type { CommandSpec, OptionSpec } from '../command-spec.js'
import { commonOptions } from '../common-options.js'
import type { AccountAction, AccountOptions } from './run.js'

interface Words {
  name: string
  action: AccountAction
  summary: Bilingual
  description: Bilingual
}

const newKeyOption: OptionSpec = {
  flags: '--new-key',
  group: { en: 'Server and account:', ja: 'サーバとアカウント:' },
  oneRun: true,
  text: {
    en: 'replace the account key by a new one (RFC 8555 §7.3.5); the contact stays',
    ja: 'アカウント鍵を新しい鍵に替える (RFC 8555 §7.3.5)。連絡先は変えない',
  },
}

const entry = ({ name, action, summary, description }: Words): CommandSpec<AccountOptions> => ({
  name,
  summary,
  description,
  options: [...accountOptions, ...(action === 'update' ? [newKeyOption] : []), ...commonOptions],
  examples: [`upki-client ${name} --server https://upki.example.ac.jp/acme/directory`],
  run: async (options, context) => (await import('./run.js')).runAccount(action, options, context),
})

export const register = entry({
  name: 'register',
  action: 'register',
  summary: { en: 'make an account at a server', ja: 'サーバにアカウントを作る' },
  description: {
    en: `Make an account key here and register it, with the EAB credential where the
server asks for one. "certonly" does the same when it is needed. Done twice it
finds the same account and spends no credential.`,
    ja: `アカウント鍵を作り、サーバに登録します。必要なら EAB を使います。"certonly" も
必要なときに同じことをします。2 度目は同じアカウントが見つかり、EAB は消費しません。`,
  },
})

export const showAccount = entry({
  name: 'show-account',
  action: 'show',
  summary: { en: 'show what the server knows of an account', ja: 'アカウントの登録内容を表示する' },
  description: {
    en: 'Ask the server for the account: its address, state and contacts. Nothing is changed.',
    ja: 'アカウントの URL、状態、連絡先をサーバに問い合わせて表示します。何も変更しません。',
  },
})

export const updateAccount = entry({
  name: 'update-account',
  action: 'update',
  summary: {
    en: 'change the contact address or the key of an account',
    ja: 'アカウントの連絡先または鍵を変える',
  },
  description: {
    en: `Set the contact of the account to --email; without it the contact is taken away.
With --new-key the account gets a new key instead. When that is cut short, the
same command finishes it.`,
    ja: `アカウントの連絡先を --email の値にします。指定がなければ連絡先を削除します。
--new-key では代わりにアカウント鍵を新しくします。途中で終わった場合は、同じコマンドの
再実行で完了します。`,
  },
})

export const unregister = entry({
  name: 'unregister',
  action: 'unregister',
  summary: { en: 'deactivate an account for good', ja: 'アカウントを無効にする (元に戻せない)' },
  description: {
    en: `Deactivate the account at the server (RFC 8555 §7.3.6). This cannot be undone, and
open orders end. Certificates stay valid. The key is put aside, not deleted.
On a terminal it asks whether you are sure; --non-interactive asks nothing.`,
    ja: `サーバでアカウントを無効にします (RFC 8555 §7.3.6)。元に戻せず、進行中の注文は
終わります。証明書は有効なままです。鍵は削除せず脇へ移します。端末では確認を求め、
--non-interactive では何も尋ねません。`,
  },
})
