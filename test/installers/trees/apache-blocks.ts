/** Pieces of Apache configurations. `@…@` is filled in by the machine. */
export const modulesFolder = '/usr/lib/apache2/modules'
export const load = (...names: string[]) =>
  names.map((name) => `LoadModule ${name}_module ${modulesFolder}/mod_${name}.so\n`).join('')

export const base = `ServerName localhost
PidFile @ROOT@/logs/apache.pid
ErrorLog @ROOT@/logs/error.log
Mutex file:@ROOT@/logs
${load('mpm_event', 'authz_core', 'dir', 'mime', 'alias')}TypesConfig /etc/mime.types
User www-data
Group www-data
`
export const ssl = load('socache_shmcb', 'ssl')
export const head = `${base}${ssl}Listen @HTTP@\n`
export const plain = (
  inside = '',
  names = 'ServerName www.example.ac.jp',
  address = '*:@HTTP@',
) => `<VirtualHost ${address}>
    ${names}
    DocumentRoot @ROOT@/html
${inside}
</VirtualHost>
`
export const tls = (inside = '', name = 'www.example.ac.jp') => `<VirtualHost *:@HTTPS@>
    ServerName ${name}
    SSLEngine on
    SSLCertificateFile @ROOT@/old.pem
    SSLCertificateKeyFile @ROOT@/old.key
${inside}
</VirtualHost>
`
export const one = (conf: string) => ({ files: { 'apache2.conf': conf } })
export const other = (name: string) => `ServerName ${name}.example.ac.jp`
