import { describe, expect, it } from 'vitest'
import { stripPage } from './keep-page.js'

describe('a page that is kept', () => {
  it.each([
    { name: 'hidden fields', html: '<input type="hidden" name="TOKEN" value="s3cret">', gone: 's3cret' },
    { name: 'queries', html: '<a href="/view.jsp?p1=s3cret">x</a>', gone: 's3cret' },
    { name: 'sessions in paths', html: '<form action="/a.do;jsessionid=s3cret"></form>', gone: 's3cret' },
    { name: 'scripts', html: '<script>var s3cret</script>', gone: 's3cret' },
    { name: 'addresses', html: '<p>taro@example.ac.jp</p>', gone: 'taro' },
    { name: 'long Base64', html: `<p>${'A'.repeat(100)}</p>`, gone: 'AAAA' },
  ])('has no $name', ({ html, gone }) => {
    expect(stripPage(`<p>残る</p>${html}`)).not.toContain(gone)
    expect(stripPage(`<p>残る</p>${html}`)).toContain('残る')
  })

  it('is cut to a size', () => {
    expect(stripPage('あ'.repeat(300_000))).toHaveLength(200_000)
  })
})
