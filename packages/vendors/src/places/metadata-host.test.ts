import { expect, test } from 'vitest'
import { isMetadataHost, isThisMachine } from './metadata-host.js'

/** The host as parsed by browsers and Node.js. */
const hostOf = (text: string): string => new URL(text).hostname

test.each([
  'http://169.254.169.254/latest',
  'http://169.254.1.2:8080/',
  'http://2852039166/',
  'http://0xa9fea9fe/',
  'http://0251.0376.0251.0376/',
  'http://169.254.43518/',
  'http://0xA9.0xFE.169.254/',
  'http://169.254.169.254./',
  'http://１６９.254.169.254/',
  'http://[fe80::1]/',
  'http://[febf::1]/',
  'http://[::ffff:169.254.169.254]/',
  'http://[::ffff:a9fe:a9fe]/',
  'http://[0:0:0:0:0:ffff:a9fe:a9fe]/',
  'http://[::169.254.169.254]/',
  'http://[64:ff9b::a9fe:a9fe]/',
  'http://[2002:a9fe:a9fe::1]/',
  'http://[fd00:ec2::254]/',
  'http://metadata.google.internal/computeMetadata/v1',
  'http://METADATA.google.internal./',
  'http://metadata/',
  'http://100.100.100.200/latest',
  'http://168.63.129.16/',
  'http://user@169.254.169.254/',
  'http://169.254.169.254.nip.io/',
  'http://a.169-254-169-254.sslip.io/',
])('%s is not accepted as a vendor', url => {
  expect(isMetadataHost(hostOf(url))).toBe(true)
})

test.each([
  'https://api.groq.com/openai/v1',
  'http://127.0.0.1:8080/v1',
  'http://10.0.0.1/v1',
  'http://192.168.1.5/v1',
  'http://169.253.1.1/',
  'http://[2001:db8::a9fe:a9fe]/',
  'http://[::1]:8080/',
  'http://metadata.example.com/',
  'https://169.com/',
])('%s is accepted as a vendor', url => {
  expect(isMetadataHost(hostOf(url))).toBe(false)
})

test.each([
  'http://127.0.0.1/',
  'http://127.1/',
  'http://2130706433/',
  'http://0x7f.1/',
  'http://0177.0.0.1/',
  'http://0/',
  'http://0.0.0.0/',
  'http://localhost./',
  'http://api.localhost/',
  'http://[::1]/',
  'http://[::]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::ffff:7f00:1]/',
])('%s is this machine', url => {
  expect(isThisMachine(hostOf(url))).toBe(true)
})

test.each([
  'http://128.0.0.1/',
  'http://localhost.example.com/',
  'http://[2001:db8::1]/',
  'http://10.127.0.1/',
])('%s is another', url => {
  expect(isThisMachine(hostOf(url))).toBe(false)
})
