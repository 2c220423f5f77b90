// The pages work without this: it saves a click and brings keys.
'use strict'

// Where a field came from is shown in the kept page: only the fragment of its address changes, so
// that nothing is loaded again, and nothing runs in it.
const frame = document.querySelector('iframe[name="page"]')
if (frame) {
  const show = event => {
    const from = event.target.closest('a.from[href]')
    if (from) frame.contentWindow.location.replace(from.href)
  }
  document.addEventListener('pointerover', show)
  document.addEventListener('focusin', show)
}

for (const form of document.querySelectorAll('form[data-at-once]')) {
  form.addEventListener('change', () => form.requestSubmit())
  // What was not chosen need not stand in the address.
  form.addEventListener('formdata', event => {
    for (const [name, value] of [...event.formData]) if (!value) event.formData.delete(name)
  })
}

// On a narrow window the filters would push the articles away.
const filters = document.querySelector('details.filters')
if (filters && matchMedia('(max-width: 60rem)').matches) filters.open = false

const search = document.querySelector('input[type="search"]')
const go = selector => document.querySelector(selector)?.click()
const step = by => {
  const links = [...document.querySelectorAll('[data-step]')]
  const at = links.indexOf(document.activeElement)
  const next = links[at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by]
  next?.focus()
  next?.scrollIntoView({block: 'center'})
}
const keys = {
  '/': () => { search?.focus(); search?.select() },
  j: () => step(1),
  k: () => step(-1),
  n: () => go('a[rel="next"]'),
  p: () => go('a[rel="prev"]'),
  g: () => go('a[data-home]'),
}
document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey) return
  if (event.target.matches('input, select, textarea')) {
    if (event.key === 'Escape') event.target.blur()
    return
  }
  const act = keys[event.key]
  if (act) { event.preventDefault(); act() }
})
