import { describe, expect, it } from 'vitest'
import { OutcomeUnknownError } from '../../ports/issuance-system.js'
import { parseAnswerPage, parseErrorText } from './answer-page.js'
import { upkiSite } from './site-profile.js'

const errorPage = (...rows: string[]) =>
  `<html><body><h2>サーバ証明書 発行・更新・失効申請エラー画面</h2><table><tr><th>SEQ</th><th>処理結果</th><th>エラー内容</th></tr>${rows.join('')}</table></body></html>`
const row = (...cells: string[]) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`

describe('parseErrorText', () => {
  it.each([
    {
      text: '212:1,主体者DN,指定したDNはすでに存在しています。',
      error: { code: '212', column: 1, item: '主体者DN', message: '指定したDNはすでに存在しています。' },
    },
    // The service's own help pages also write the column and the item without a comma.
    {
      text: '371:1 主体者DN,主体者DNのOUが許可リストとして登録された値と一致しません。',
      error: { code: '371', column: 1, item: '主体者DN' },
    },
    {
      text: '214:0,,ファイル内のレコードが指定件数を超えているため申請できません。',
      error: { code: '214', column: 0, item: undefined },
    },
    { text: '何かの誤り', error: { code: '', message: '何かの誤り' } },
    { text: '', error: { code: '', message: '' } },
  ])('reads "$text"', ({ text, error }) => {
    expect(parseErrorText(text)).toMatchObject(error)
  })
})

describe('parseAnswerPage', () => {
  it('takes the completion page for accepted', () => {
    const page =
      '<h2>サーバ証明書 発行・更新申請完了画面</h2><p>ファイルのアップロード処理が完了しました。</p>'
    expect(parseAnswerPage(page, upkiSite)).toEqual({ outcome: 'accepted' })
  })

  it('gives each error its row, several of one row too, and leaves out rows that are OK', () => {
    const page = errorPage(row('1', 'OK', ''), row('3', 'NG', '212:1,主体者DN,あり<br>202:8,氏名,長い'))
    expect(parseAnswerPage(page, upkiSite)).toMatchObject({
      outcome: 'refused',
      errors: [
        { row: 3, code: '212' },
        { row: 3, code: '202', column: 8 },
      ],
    })
  })

  it('gives an error of the whole file no row', () => {
    expect(parseAnswerPage(errorPage(row('-', 'NG', '214:0,,多すぎます')), upkiSite)).toMatchObject({
      outcome: 'refused',
      errors: [{ row: undefined, code: '214' }],
    })
  })

  it.each([
    { name: 'an error page without errors', page: errorPage() },
    { name: 'another page', page: '<title>ログイン</title>' },
    {
      name: 'another page on which something else is finished',
      page: '<h2>メンテナンス中</h2><p>作業が完了するまでお待ちください。</p>',
    },
    { name: 'a completion page that is cut off', page: '<h2>サーバ証明書 発行・更新申請完了画面</h2>' },
    { name: 'nothing', page: '' },
    { name: 'broken bytes', page: '\ufffd\ufffd' },
  ])('decides nothing by $name', ({ page }) => {
    expect(() => parseAnswerPage(page, upkiSite)).toThrow(OutcomeUnknownError)
  })
})
