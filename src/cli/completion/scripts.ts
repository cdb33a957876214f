import type { Shell } from './complete.ts';

/** What a shell reads to complete `leat`: each asks `leat complete` for what could stand at the cursor. */
export const SCRIPTS: { readonly [shell in Shell]: string } = {
  bash: `# Completion of leat for bash. In ~/.bashrc: source <(leat completion bash)
_leat() {
  local text shown
  COMPREPLY=()
  # A second Tab lists, and puts nothing in: then only the part that differs is shown.
  while IFS=$'\\t' read -r text shown _; do
    (( COMP_TYPE == 63 )) && COMPREPLY+=("\${shown:-$text}") || COMPREPLY+=("$text")
  done < <(leat complete bash -- "\${COMP_LINE:0:COMP_POINT}" "$COMP_LINE" 2>/dev/null)
}
complete -o nospace -F _leat leat
`,
  zsh: `#compdef leat
# Completion of leat for zsh. In ~/.zshrc, behind compinit: source <(leat completion zsh)
_leat() {
  # What is typed of the word is in PREFIX, and the quote before it in QIPREFIX; LBUFFER has no open quote.
  local line="\${(j: :)words[1,CURRENT-1]} $QIPREFIX$PREFIX" text part summary
  # Redirections are no words, and what stands before the command is in BUFFER only, where open quotes are missing.
  local input="\${\${(M)redirections:#<:*}#<:}"
  local whole="\${BUFFER%%leat *}\${input:+< $input }$line"
  local -a texts shown
  while IFS=$'\\t' read -r text part summary; do
    texts+=("$text")
    shown+=("$part\${summary:+  -- $summary}")
  done < <(leat complete zsh -- "$line" "$whole" 2>/dev/null)
  (( $#texts )) && compadd -U -S '' -l -d shown -a texts
}
compdef _leat leat
`,
  fish: `# Completion of leat for fish. In ~/.config/fish/config.fish: leat completion fish | source
complete -c leat -f -a '(leat complete fish -- (commandline -cp) (commandline | string collect) 2>/dev/null)'
`,
};
