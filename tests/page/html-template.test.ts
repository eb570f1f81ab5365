import { expect, test } from 'vitest'
import { html } from '../../src/html.ts'

test('what stands in a template is text, whatever it holds', () => {
  const title = `<img src=x onerror="alert('1')"> & $x<y$`
  expect(String(html`<a title="${title}">${title}</a>`)).toBe(
    '<a title="&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt; &amp; $x&lt;y$">' +
      '&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt; &amp; $x&lt;y$</a>',
  )
})

test('templates stand in templates, lists in a row, and nothing for what is not there', () => {
  const items = ['a&b', 2].map((item) => html`<li>${item}</li>`)
  expect(String(html`<ul>${items}</ul>${null}${undefined}${false}${0}`)).toBe(
    '<ul><li>a&amp;b</li><li>2</li></ul>0',
  )
})
