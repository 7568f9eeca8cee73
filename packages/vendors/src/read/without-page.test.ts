import { expect, test } from 'vitest'
import { withoutPage } from './without-page.js'

test.each([
  ['<html><head><title>401 Authorization Required</title></head></html>', ''],
  ['<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html>', ''],
  ['<h1>Unauthorized</h1>', ''],
  ['<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', ''],
  ['<Error><Code>AccessDenied</Code></Error>', ''],
  ['Upstream answered 401: <html><body>Unauthorized', 'Upstream answered 401: '],
  ['<gpt-5> is not a valid model', '<gpt-5> is not a valid model'],
  ['use <b>bold</b> text', 'use <b>bold</b> text'],
  ['1 < 2', '1 < 2'],
])('%j is %j without its page', (text, rest) => expect(withoutPage(text)).toBe(rest))
