/** What mails say, in Japanese and English. */
import type { Bilingual } from '@upki-gateway/shared/problem'
import type { EventType } from '../event-types.js'

interface Words {
  /** Of the subject. */
  title: Bilingual
  /** What it means and what to do. */
  text: Bilingual
}

export const words: Record<EventType, Words> = {
  'application.received': {
    title: { ja: '申請を受け付けました', en: 'Applications were received' },
    text: { ja: '次の申請を受け付けました。', en: 'These applications were received.' },
  },
  'application.needs-approval': {
    title: { ja: '承認待ちの申請があります', en: 'Applications wait for approval' },
    text: {
      ja: '次の申請が登録担当者の承認を待っています。内容を確認し、承認または却下してください。',
      en: 'These applications wait for an operator. Look at them and approve or reject them.',
    },
  },
  'application.approved': {
    title: { ja: '申請が承認されました', en: 'Applications were approved' },
    text: { ja: '次の申請が承認されました。', en: 'These applications were approved.' },
  },
  'application.refused': {
    title: { ja: '申請は証明書に至りませんでした', en: 'Applications were refused' },
    text: {
      ja: '次の申請は却下されたか、エラーになりました。理由を確認し、必要なら申請し直してください。',
      en: 'These applications were rejected or failed. Look at the reason, and apply again if needed.',
    },
  },
  'application.cancelled': {
    title: { ja: '申請が取り消されました', en: 'Applications were cancelled' },
    text: { ja: '次の申請が取り消されました。', en: 'These applications were cancelled.' },
  },
  'application.submitted': {
    title: { ja: '申請を発行システムへ送りました', en: 'Applications were submitted' },
    text: {
      ja: '次の申請を発行システムが受け取りました。',
      en: 'The issuance system has taken these applications.',
    },
  },
  'application.held': {
    title: { ja: '申請が保留されています', en: 'Applications are held' },
    text: {
      ja: '次の申請は発行システムで保留されています。NIIからの問い合わせに備えてください。',
      en: 'The issuance system holds these applications. NII may ask about them.',
    },
  },
  'application.revoked': {
    title: { ja: '失効申請が完了しました', en: 'Applications for revocation are done' },
    text: { ja: '次の失効申請が完了しました。', en: 'These applications for a revocation are done.' },
  },
  'certificate.issued': {
    title: { ja: '証明書が発行されました', en: 'Certificates were issued' },
    text: {
      ja: '次の証明書が発行されました。取得して設定してください。',
      en: 'These certificates were issued. Fetch and install them.',
    },
  },
  'eab.issued': {
    title: { ja: 'EABが発行されました', en: 'EAB credentials were issued' },
    text: {
      ja: '次の申請のEABが登録されました。登録担当者から渡されるリンクで受け取ってください。',
      en: 'EAB credentials were entered for these applications. Take each by the link that the operator hands over.',
    },
  },
  'certificate.expiring': {
    title: { ja: '証明書の有効期限が近づいています', en: 'Certificates expire soon' },
    text: {
      ja: '次の証明書の有効期限が近づいています。更新されていません。使っているものは更新してください。',
      en: 'These certificates expire soon and were not renewed. Renew those that are in use.',
    },
  },
  'certificate.replaced': {
    title: { ja: '証明書が更新されました', en: 'Certificates were replaced' },
    text: {
      ja: '次の証明書は更新により置き換えられました。新しい証明書へ切り替えたら確認してください。',
      en: 'These certificates were replaced by a renewal. Confirm when the new one is in use.',
    },
  },
  'certificate.unconfirmed': {
    title: {
      ja: '置き換えられた証明書が失効されていません',
      en: 'Replaced certificates are not revoked yet',
    },
    text: {
      ja: '次の証明書は更新から2週間たちましたが、切り替えが確認されていません。切り替えて確認してください。',
      en: 'These certificates were replaced two weeks ago, and nobody has confirmed it. Switch over and confirm.',
    },
  },
  'certificate.revoked': {
    title: { ja: '証明書が失効しました', en: 'Certificates were revoked' },
    text: { ja: '次の証明書が失効しました。', en: 'These certificates were revoked.' },
  },
  'certificate.expired': {
    title: { ja: '証明書の有効期限が切れました', en: 'Certificates have expired' },
    text: { ja: '次の証明書の有効期限が切れました。', en: 'These certificates have expired.' },
  },
  'approval.lapsing': {
    title: { ja: '承認の期限が近づいています', en: 'Approvals lapse soon' },
    text: {
      ja: '次の承認の期限が近づいています。続けるものは延長してください。',
      en: 'These approvals lapse soon. Renew those that are still needed.',
    },
  },
  'batch.sealed': {
    title: { ja: '送信するファイルができました', en: 'Files are ready' },
    text: { ja: '次のファイルができました。', en: 'These files are ready to go to the issuance system.' },
  },
  'batch.handed-out': {
    title: { ja: 'ファイルが受け取られました', en: 'Files were handed out' },
    text: { ja: '次のファイルを登録担当者が受け取りました。', en: 'An operator has taken these files.' },
  },
  'batch.submitted': {
    title: { ja: 'ファイルを送りました', en: 'Files were submitted' },
    text: {
      ja: '次のファイルを発行システムが受け取りました。',
      en: 'The issuance system has taken these files.',
    },
  },
  'batch.unknown': {
    title: { ja: '送信の結果が不明です', en: 'The outcome of an upload is unknown' },
    text: {
      ja: '次のファイルの送信結果が不明です。一覧で確かめています。',
      en: 'Whether these files were taken is not known. The report will tell.',
    },
  },
  'batch.refused': {
    title: { ja: 'ファイルにエラーがありました', en: 'Files were refused' },
    text: {
      ja: '発行システムが次のファイルを受け付けませんでした。',
      en: 'The issuance system refused these files.',
    },
  },
  'batch.attention': {
    title: { ja: '登録担当者の判断が必要です', en: 'An operator has to decide' },
    text: {
      ja: '次のファイルがどうなったか、発行システムで確かめて判断してください。',
      en: 'Look at the issuance system for what became of these files, and decide.',
    },
  },
  'batch.done': {
    title: { ja: 'ファイルの処理が終わりました', en: 'Files are done' },
    text: { ja: '次のファイルの処理が終わりました。', en: 'These files are done.' },
  },
  'webhook.disabled': {
    title: { ja: 'Webhookを停止しました', en: 'A webhook was disabled' },
    text: {
      ja: '長く届かなかったため、次のWebhookを停止しました。受信側を直してから有効にしてください。',
      en: 'Nothing could be delivered to these webhooks for long. Mend the receiver and enable them again.',
    },
  },
}
