zone "example.com" {
  defaults {
    ttl = 300
  }

  # a
  # }
  # zone "example.org" {
  # "b\r}"
  # "c\u2028}"
  record "A" "x-content-192.0.2.66" {
    name    = "a"
    content = "192.0.2.1"
  }

  # "\x23#[error]boo"
  # ::error::boo
  # "\u202egnihtyreve"
  # */ }
  record "A" "file-/etc/passwd" {
    name    = "b"
    content = "192.0.2.1"
  }

  # ((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((…
  record "A" "module-x-2" {
    name    = "c"
    content = "192.0.2.1"
  }

  record "A" "module-x" {
    name    = "d"
    content = "192.0.2.1"
  }

  # "\xff\x00"
  record "A" "e" {
    content = "192.0.2.1"
  }

  record "A" "longlonglonglonglonglonglonglonglonglonglonglonglonglonglonglong" {
    name    = "f"
    content = "192.0.2.1"
  }

  record "A" "é" {
    name    = "g"
    content = "192.0.2.1"
  }

  record "A" "module-h" {
    name    = "module.h"
    content = "192.0.2.1"
  }

  record "A" "keys" {
    for_each = {
      "" = "l"
      # keys["\"]} ${x} %{if}"]
      "\"]} $${x} %%{if}" = "i"
      "a\nb"              = "j"
      "for"               = "k"
    }

    name    = each.value
    content = "192.0.2.1"
  }

  record "TXT" "raw-é" {
    name    = "m"
    content = "a"
  }

  record "TXT" "raw" {
    name    = "n"
    content = "a"
  }

  record "TXT" "txt" {
    for_each = {
      "no label" = "a"
    }

    name    = "o"
    content = each.value
  }

  record "TXT" "txt-kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk" {
    name    = "p"
    content = "a"
  }

  record "TXT" "spelled-x" {
    name    = "q"
    content = "a"
    comment = "é"

    # Cloudflare has these in a spelling that HCL cannot carry.
    lifecycle {
      ignore_changes = [comment]
    }
  }

  record "TXT" "spelled-y" {
    name    = "r"
    content = "a"
  }

  ignore {
    name = "a\n}"
  }

  ignore {
    content = "$${x}"
  }

  ignore {
    name = "b"
  }

  # Not declared here:
  #   "A\n}" "x\n}" "\u2028}" ("b\n}")
  #   "" "" (a pattern that an ignore block cannot have)
  #   "" é (a pattern that an ignore block cannot have)
  #   A} a (a pattern that an ignore block cannot have)
}
