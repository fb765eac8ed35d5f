/** The sample organisation and applications that pass every check. */
import type { Application, ApplicationFields, Organisation } from '../application/index.js'
import { makeCsr } from './make-csr.js'

export const organisation: Organisation = {
  id: 'example',
  organizationName: 'Example University',
  locality: 'Chiyoda-ku',
  stateOrProvince: 'Tokyo',
  country: 'JP',
  domains: ['example.ac.jp'],
}

export const dnFor = (commonName: string): string =>
  `CN=${commonName},O=Example University,L=Chiyoda-ku,ST=Tokyo,C=JP`

export async function serverIssue(fields: ApplicationFields = {}): Promise<Application> {
  return {
    kind: 'server-issue',
    fields: {
      subjectDn: dnFor('www.example.ac.jp'),
      profileId: '3',
      csr: fields.csr ?? (await makeCsr()),
      subscriberName: '国立 太郎',
      subscriberDepartment: '情報基盤センター',
      subscriberEmail: 'taro@example.ac.jp',
      fqdn: 'www.example.ac.jp',
      software: 'nginx 1.28',
      dnsNames: 'dNSName=www.example.ac.jp,dNSName=web.example.ac.jp',
      ...fields,
    },
  }
}
