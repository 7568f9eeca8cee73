import { expect, test } from 'vitest'
import { preferredLocale } from './chosen-locale.js'

test.each([
  [['zh'], 'zh-Hans'],
  [['zh-CN', 'zh', 'en'], 'zh-Hans'],
  [['zh-Hans'], 'zh-Hans'],
  [['zh-Hans-HK'], 'zh-Hans'],
  [['zh-SG'], 'zh-Hans'],
  [['zh-TW'], 'en'],
  [['zh-HK'], 'en'],
  [['zh-Hant'], 'en'],
  [['zh-Hant-CN'], 'en'],
  [['en-GB', 'zh-CN'], 'en'],
  [['de-DE', 'zh-CN'], 'zh-Hans'],
  [['de', 'fr'], 'en'],
  [[], 'en'],
  [['not a tag', '*'], 'en'],
])('a browser that prefers %j reads %s', (languages, locale) => {
  expect(preferredLocale(languages)).toBe(locale)
})
