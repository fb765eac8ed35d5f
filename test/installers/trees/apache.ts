/** Configuration trees for Apache 2.4, written for these tests. `@…@` is filled in by the machine. */
import { existsSync } from 'node:fs'
import { expectRedirect } from '../support/expect.js'
import type { Tree } from '../support/machine.js'
import { base, head, load, modulesFolder, one, other, plain, ssl, tls } from './apache-blocks.js'

/** Debian's layout, with mod_ssl available and not enabled. */
const debian = {
  'apache2.conf': `${base}IncludeOptional mods-enabled/*.load
IncludeOptional mods-enabled/*.conf
Include ports.conf
IncludeOptional sites-enabled/*.conf
`,
  'ports.conf': `Listen @HTTP@
<IfModule ssl_module>
\tListen @HTTPS@
</IfModule>
`,
  'mods-available/ssl.load': `# Depends: setenvif socache_shmcb\n${load('ssl')}`,
  'mods-available/ssl.conf': `<IfModule mod_ssl.c>\n\tSSLSessionCache shmcb:@ROOT@/logs/ssl_scache(512000)\n</IfModule>\n`,
  'mods-available/setenvif.load': load('setenvif'),
  'mods-available/socache_shmcb.load': load('socache_shmcb'),
  'mods-enabled/README': 'links to ../mods-available\n',
  'sites-available/000-default.conf': plain('', 'ServerAdmin webmaster@localhost'),
  'sites-available/www.conf': plain(),
}
const debianLinks = {
  'sites-enabled/000-default.conf': '../sites-available/000-default.conf',
  'sites-enabled/www.conf': '../sites-available/www.conf',
}
const md: Tree[] = existsSync(`${modulesFolder}/mod_md.so`)
  ? [
      {
        name: 'mod_md loaded for another name',
        ...one(
          `${head}${load('md')}MDStoreDir @ROOT@/logs/md\n<MDomain other.example.ac.jp>\n</MDomain>\n${plain()}`,
        ),
      },
      {
        name: 'refused: mod_md manages the name',
        refused: /mod_md obtains the certificate/,
        ...one(`${head}${load('md')}MDStoreDir @ROOT@/logs/md\nMDomain www.example.ac.jp\n${plain()}`),
      },
    ]
  : []

export const apacheTrees: Tree[] = [
  { name: 'one plain VirtualHost in the main file', ...one(head + plain()) },
  { name: "Debian's layout with mod_ssl not enabled", files: debian, links: debianLinks },
  {
    name: "Red Hat's conf.d with ssl.conf",
    files: {
      'apache2.conf': `${base}Include conf.modules.d/*.conf\nListen @HTTP@\nIncludeOptional conf.d/*.conf\n`,
      'conf.modules.d/00-ssl.conf': ssl,
      'conf.d/ssl.conf': `Listen @HTTPS@ https\nSSLSessionCache shmcb:@ROOT@/logs/sslcache(512000)\n<VirtualHost _default_:@HTTPS@>
SSLEngine on\nSSLCertificateFile @ROOT@/old.pem\nSSLCertificateKeyFile @ROOT@/old.key\n</VirtualHost>\n`,
      'conf.d/www.conf': plain(),
    },
  },
  {
    name: 'many sites in one file',
    ...one(
      head + Array.from({ length: 20 }, (_, n) => plain('', other(n === 11 ? 'www' : `s${n}`))).join(''),
    ),
  },
  { name: 'a TLS VirtualHost with another certificate', ...one(`${head}Listen @HTTPS@\n${plain()}${tls()}`) },
  {
    name: 'a TLS VirtualHost with a stale chain file',
    ...one(`${head}Listen @HTTPS@\n${tls('    SSLCertificateChainFile @ROOT@/old.pem')}`),
  },
  {
    name: 'a certificate from the server level',
    ...one(`${head}Listen @HTTPS@\nSSLCertificateFile @ROOT@/old.pem\nSSLCertificateKeyFile @ROOT@/old.key
<VirtualHost *:@HTTPS@>\nServerName www.example.ac.jp\nSSLEngine on\n</VirtualHost>\n`),
  },
  {
    name: 'line continuations and odd capitals',
    ...one(
      `${head}<virtualhost \\\n  *:@HTTP@>\n  SERVERNAME \\\n    www.example.ac.jp\n  serveralias a.example.ac.jp \\\n    b.example.ac.jp\n</VIRTUALHOST>\n`,
    ),
    names: ['www.example.ac.jp', 'b.example.ac.jp'],
  },
  {
    name: 'quotes and comments that look like sections',
    ...one(
      `${head}# <VirtualHost *:1>\n${plain('    # </VirtualHost>\n    Alias "/with space" "@ROOT@/html/a b"', 'ServerName "www.example.ac.jp"')}`,
    ),
  },
  { name: 'Windows line ends', files: { 'apache2.conf': (head + plain()).replaceAll('\n', '\r\n') } },
  {
    name: 'comments in Shift_JIS',
    files: { 'apache2.conf': `${head}Include www.conf\n` },
    binaries: {
      'www.conf': Buffer.concat([
        Buffer.from('# '),
        Buffer.from('8354836883435c', 'hex'),
        Buffer.from(`.\n${plain()}`),
      ]),
    },
  },
  {
    name: 'Japanese and blanks in paths',
    files: { 'apache2.conf': `${head}Include "サイト 設定/*.conf"\n`, 'サイト 設定/本番 www.conf': plain() },
  },
  {
    name: 'variables in names and addresses',
    ...one(
      `${head}Define SITE www.example.ac.jp\nDefine PORT @HTTP@\n${plain('', 'ServerName ${SITE}', '*:${PORT}')}`,
    ),
  },
  {
    name: 'IfModule and IfDefine around sites',
    ...one(`${head}<IfModule mod_ssl.c>\n${plain()}</IfModule>\n<IfDefine Never>\n${plain()}</IfDefine>\n`),
  },
  {
    name: 'a macro for other things',
    ...one(
      `${head}${load('macro')}<Macro Quiet $dir>\n<Directory $dir>\nOptions None\n</Directory>\n</Macro>\n${plain('    Use Quiet @ROOT@/html')}`,
    ),
  },
  {
    name: 'refused: a macro that makes the VirtualHost',
    refused: /made by a macro/,
    ...one(
      `${head}${load('macro')}<Macro Site $name>\n${plain('', 'ServerName $name')}</Macro>\nUse Site www.example.ac.jp\nUse Site web.example.ac.jp\n`,
    ),
  },
  {
    name: 'a proxy to an application',
    ...one(
      `${head}${load('proxy', 'proxy_http', 'headers')}${plain(`    ProxyPreserveHost On
    ProxyPass /app/ http://127.0.0.1:@OTHER@/app/
    ProxyPassReverse /app/ http://127.0.0.1:@OTHER@/app/
    RequestHeader set X-Forwarded-Proto "http"`)}`,
    ),
  },
  {
    name: 'Tomcat by AJP',
    ...one(
      `${head}${load('proxy', 'proxy_ajp')}${plain('    ProxyPass / ajp://127.0.0.1:@OTHER@/ secret=x')}`,
    ),
  },
  {
    name: 'WordPress with rewrite rules',
    ...one(
      `${head}${load('rewrite')}${plain(`    <Directory @ROOT@/html>
        RewriteEngine On
        RewriteBase /
        RewriteRule ^index\\.php$ - [L]
        RewriteCond %{REQUEST_FILENAME} !-f
        RewriteRule . /index.php [L]
    </Directory>`)}`,
    ),
  },
  {
    name: 'a plain site that sends all to https',
    ...one(
      `${head}${load('rewrite')}${plain(`    RewriteEngine On
    RewriteCond %{HTTPS} off
    RewriteRule ^(.*)$ https://%{HTTP_HOST}$1 [R=301,L]`)}`,
    ),
  },
  {
    name: 'a redirect asked for',
    options: ['--redirect'],
    ...one(`${head}${load('rewrite')}${plain()}`),
    also: (machine) => expectRedirect(machine, '/a'),
  },
  { name: 'HSTS asked for', options: ['--hsts'], ...one(`${head}${load('headers')}${plain()}`) },
  {
    name: 'several addresses, IPv6 too',
    ...one(
      `${base}${ssl}Listen 127.0.0.1:@HTTP@\nListen [::1]:@HTTP@\n${plain('', 'ServerName www.example.ac.jp', '127.0.0.1:@HTTP@ [::1]:@HTTP@')}`,
    ),
  },
  {
    name: 'wildcards in ServerAlias',
    names: ['www.example.ac.jp', 'web.example.ac.jp'],
    ...one(head + plain('', `${other('x')}\n    ServerAlias w??.example.ac.jp *.example.jp`)),
  },
  {
    name: 'two names, each in its own VirtualHost',
    names: ['www.example.ac.jp', 'web.example.ac.jp'],
    ...one(head + plain() + plain('', other('web'))),
  },
  {
    name: 'a snippet with TLS settings in the VirtualHost',
    files: {
      'apache2.conf': `${head}Listen @HTTPS@\n<VirtualHost *:@HTTPS@>\nServerName www.example.ac.jp\nInclude tls.conf\n</VirtualHost>\n`,
      'tls.conf': 'SSLEngine on\nSSLCertificateFile @ROOT@/old.pem\nSSLCertificateKeyFile @ROOT@/old.key\n',
    },
  },
  {
    name: 'refused: a snippet with the certificate of other sites',
    refused: /sets the certificate for other sites too/,
    files: {
      'apache2.conf': `${head}Listen @HTTPS@\n${['www', 'other'].map((name) => `<VirtualHost *:@HTTPS@>\n${other(name)}\nInclude tls.conf\n</VirtualHost>\n`).join('')}`,
      'tls.conf': 'SSLEngine on\nSSLCertificateFile @ROOT@/old.pem\nSSLCertificateKeyFile @ROOT@/old.key\n',
    },
  },
  ...md,
  {
    name: 'refused: no VirtualHost for the name',
    refused: /No VirtualHost has the ServerName/,
    ...one(head + plain('', other('x'))),
  },
  {
    name: 'refused: mod_ssl neither loaded nor available',
    refused: /has not loaded mod_ssl/,
    ...one(`${base}Listen @HTTP@\n${plain()}`),
  },
  {
    name: 'refused: a section that is not closed',
    broken: true,
    refused: /broken already/,
    ...one(`${head}<VirtualHost *:@HTTP@>\n`),
  },
  {
    name: 'refused: an unknown directive',
    broken: true,
    refused: /broken already/,
    ...one(`${head}${plain('    SSLCertFile x')}`),
  },
]
