import { describe, expect, it } from 'vitest'
import { explainFault, explainFaults } from './explain-contract.js'

describe('a request that parts from the contract', () => {
  it.each([
    {
      path: '/query/limit',
      message: 'must be >= 1',
      en: 'The query parameter limit must be 1 or more',
      ja: 'クエリパラメータ limit は 1 以上にしてください',
    },
    {
      path: '/query/limit',
      message: 'must be <= 200',
      en: 'The query parameter limit must be 200 or less',
      ja: 'クエリパラメータ limit は 200 以下にしてください',
    },
    {
      path: '/query/foo',
      message: "Unknown query parameter 'foo'",
      en: 'The query parameter foo is not known; is it misspelt?',
      ja: 'クエリパラメータ foo はありません。つづりを確かめてください',
    },
    {
      path: '/params/id',
      message: 'must match format "uuid"',
      en: 'The path parameter id must have the format uuid',
      ja: 'パスのパラメータ id は uuid の形式にしてください',
    },
    {
      path: '/params/serial',
      message: 'must match pattern "^[0-9]{1,50}$"',
      en: 'The path parameter serial must match ^[0-9]{1,50}$',
      ja: 'パスのパラメータ serial は ^[0-9]{1,50}$ に一致する必要があります',
    },
    {
      path: '/body/criteria',
      message: "must have required property 'criteria'",
      en: 'The member criteria is missing',
      ja: '項目 criteria がありません',
    },
    {
      path: '/body/items/0/name',
      message: 'must NOT have fewer than 1 characters',
      en: 'The member items[0].name must not have fewer than 1 characters',
      ja: '項目 items[0].name は1文字以上にしてください',
    },
    {
      path: '/body/names',
      message: 'must NOT have more than 100 items',
      en: 'The member names must not have more than 100 items',
      ja: '項目 names は100個以下にしてください',
    },
    {
      path: '/body/role',
      message: 'must be equal to one of the allowed values: operator, auditor',
      en: 'The member role must be one of operator, auditor',
      ja: '項目 role は operator, auditor のいずれかにしてください',
    },
    {
      path: '/body/comment',
      message: 'must be string,null',
      en: 'The member comment must be string,null',
      ja: '項目 comment は文字列かnullにしてください',
    },
    {
      path: '/body',
      message: 'must be object',
      en: 'The body must be object',
      ja: '本文はオブジェクトにしてください',
    },
    {
      path: '/body/x',
      message: 'must be as the moon',
      en: 'The member x must be as the moon',
      ja: '項目 x ：must be as the moon',
    },
  ])('is told by $path and "$message" in both languages', ({ path, message, en, ja }) => {
    expect(explainFault({ path, message })).toEqual({ en, ja })
  })

  it('is told with its first twenty faults', () => {
    const faults = Array.from({ length: 21 }, (_, index) => ({
      path: `/body/m${index + 1}`,
      message: 'must be null',
    }))
    const { en, ja } = explainFaults(faults)
    expect([en.split('; ').length, ja.split('。').length - 1]).toEqual([20, 20])
    expect(en).not.toContain('m21')
  })
})
