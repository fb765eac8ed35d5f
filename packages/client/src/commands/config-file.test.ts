import { describe, expect, it } from 'vitest'
import { parseConfig } from './config-file.js'

const known = new Set(['domains', 'deploy-hook', 'webroot-path', 'no-wait', 'server', 'standalone'])
const parse = (text: string) => Object.fromEntries(parseConfig(text, 'cli.ini', known))

describe('cli.ini', () => {
  it.each([
    { name: 'a value', text: 'server = https://a.jp/acme', values: { server: ['https://a.jp/acme'] } },
    { name: 'comments and empty lines', text: '# x\n; y\n\n  server=a\r\n', values: { server: ['a'] } },
    {
      name: 'a hook as it stands',
      text: 'deploy-hook = systemctl reload "a"; echo \'#\' = x',
      values: { 'deploy-hook': ['systemctl reload "a"; echo \'#\' = x'] },
    },
    { name: 'quotes around the whole', text: 'server = "a b"', values: { server: ['a b'] } },
    {
      name: 'a repeated name as a list',
      text: 'webroot-path = /a\nwebroot-path = /b',
      values: { 'webroot-path': ['/a', '/b'] },
    },
    { name: 'a name alone as a switch', text: 'standalone', values: { standalone: ['true'] } },
    {
      name: 'underscores, dashes in front and a BOM',
      text: '\uFEFF--deploy_hook: x',
      values: { 'deploy-hook': ['x'] },
    },
  ])('takes $name', ({ text, values }) => {
    expect(parse(text)).toEqual(values)
  })

  it.each([
    { name: 'an unknown option', text: 'domain = a', says: 'line 1: "domain"' },
    { name: 'a section', text: 'server = a\n[x]', says: 'line 2' },
  ])('refuses $name and says where', ({ text, says }) => {
    expect(() => parse(text)).toThrow(says)
  })
})
