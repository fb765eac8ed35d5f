/** The proxy that the environment names for an address: https_proxy, all_proxy, no_proxy, in small letters or capitals. */
import { Failure } from '../terminal/failure.js'
import { isLoopback } from './endpoint.js'

/** @throws Failure (usage) that does not show the value: it may hold a password */
export async function chooseProxy({ href, hostname }: URL): Promise<URL | undefined> {
  if (isLoopback(hostname)) return undefined
  const { getProxyForUrl } = (await import('proxy-from-env')).default
  const named = getProxyForUrl(href)
  if (!named) return undefined
  // Without a scheme it is http, as for curl and wget; the library puts that of the address before it.
  const isWhole = Object.values(process.env).includes(named)
  const text = isWhole ? named : named.replace(/^https:/, 'http:')
  const proxy = URL.canParse(text) ? new URL(text) : undefined
  if (proxy?.protocol === 'http:' || proxy?.protocol === 'https:') return proxy
  throw unusable
}

const unusable = new Failure('usage', {
  en: 'The proxy that the environment names (HTTPS_PROXY or ALL_PROXY) cannot be used: it is to be like http://proxy.example.ac.jp:3128. Correct it, or name the server in NO_PROXY.',
  ja: '環境変数 (HTTPS_PROXY または ALL_PROXY) のプロキシを使えません。http://proxy.example.ac.jp:3128 の形にするか、NO_PROXY にサーバ名を加えてください。',
})
