/** Enhancements with JavaScript: buttons that copy commands, and times in the visitor's time zone. */
for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-copies]')) {
  button.hidden = false;
  button.addEventListener('click', () => void copy(button));
}

const local = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});
for (const time of document.querySelectorAll('time')) time.textContent = local.format(new Date(time.dateTime));

async function copy(button: HTMLButtonElement): Promise<void> {
  const command = document.getElementById(button.dataset.copies ?? '');
  const copied = await navigator.clipboard?.writeText(command?.textContent ?? '').then(
    () => true,
    () => false,
  );
  // Browsers offer the clipboard in secure contexts only; elsewhere the text is selected, to be copied by hand.
  if (!copied && command) getSelection()?.selectAllChildren(command);
  button.textContent = copied ? 'Copied' : 'Selected';
  setTimeout(() => {
    button.textContent = 'Copy';
  }, 2_000);
}
