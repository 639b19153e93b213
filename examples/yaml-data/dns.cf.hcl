# A zone whose records are in a YAML file, for people and programs that do not
# write HCL. One block makes records of all types. A field that a record leaves out is
# null, and cfplan treats a null attribute as not set. In `cfplan sandbox`, the plan takes
# over the records that exist, and adds the addresses of the name files.

locals {
  records = yamldecode(file("${path.module}/records.yaml"))
}

zone "example.com" {
  defaults {
    ttl = 3600
  }

  dynamic "record" {
    for_each = local.records
    labels   = [record.value.type, record.value.name]

    content {
      content  = try(record.value.content, null)
      ttl      = try(record.value.ttl, null)
      proxied  = try(record.value.proxied, null)
      priority = try(record.value.priority, null)
      comment  = try(record.value.comment, null)

      # The fields of CAA. Add the fields of other types in the same way.
      flags = try(record.value.flags, null)
      tag   = try(record.value.tag, null)
      value = try(record.value.value, null)
    }
  }
}
