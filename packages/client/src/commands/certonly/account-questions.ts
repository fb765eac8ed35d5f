/** What making an account asks on a terminal: RFC 8555 §7.3, with certbot's words. */
import type { AccountQuestions } from '../../acme/account.js'
import type { Prompter } from '../../terminal/prompter.js'
import { printable } from '../../terminal/printable.js'

export const accountQuestions = (prompter: Prompter | undefined): AccountQuestions | undefined =>
  prompter && {
    agreeTo: (terms) =>
      prompter.confirm(
        {
          en: `Please read the Terms of Service at ${printable(terms, 500)}. You must agree in order to register with the ACME server. Do you agree?`,
          ja: `利用規約 ${printable(terms, 500)} を読んでください。登録には同意が必要です。同意しますか?`,
        },
        { en: '(Y)es/(N)o', ja: '(Y)はい/(N)いいえ' },
      ),
    email: async () => {
      const answer = await prompter.ask({
        en: "Enter email address or hit Enter to skip.\n (Enter 'c' to cancel)",
        ja: '連絡先メールアドレス (なければ Enter)',
      })
      return answer.trim() || undefined
    },
    eab: async () => {
      const kid = (
        await prompter.ask({
          en: 'This server needs an EAB credential. EAB key id (from the registration authority operator)',
          ja: 'このサーバには EAB が必要です。登録担当者から渡された key id',
        })
      ).trim()
      if (!kid) return undefined
      const hmacKey = (await prompter.askSecret({ en: 'EAB HMAC key', ja: 'EAB の HMAC 鍵' })).trim()
      return { kid, hmacKey }
    },
  }
