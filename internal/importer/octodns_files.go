package importer

import (
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/dns"
)

// octoFiles are the files of one zone.
type octoFiles struct {
	zone  string
	files []octoFile
}

// octoFile is one file of a zone. Its text is nil until it is read.
type octoFile struct {
	name string
	path string
	text []byte
}

// find returns the zones to read, with their files. If in.Zone is set, it returns only that zone.
func (o octoReader) find() []octoFiles {
	if o.in.IsDir {
		return o.findInDirectory()
	}
	base := filepath.Base(o.in.Name)
	file := octoFile{name: o.in.Name, text: o.in.Text}
	if file.text == nil {
		file.text = []byte{}
	}
	named := ""
	if o.in.Dir != nil {
		file.path = base
		named = octoZoneOf(base)
	}

	switch {
	case o.in.Zone == "" && named == "":
		o.diags = append(o.diags, failure("Zone not named", "%s does not say which zone it has: octoDNS takes the zone from the file's "+
			"name, such as example.com.yaml. Name the zone: cfplan import ZONE -from=octodns -in=FILE.", dns.Show(o.in.Name)))
		return nil
	case o.in.Zone != "" && named != "" && named != o.in.Zone:
		o.otherZone([]string{named})
		return nil
	case named == "":
		named = o.in.Zone
	}
	return []octoFiles{{zone: named, files: []octoFile{file}}}
}

// otherZone reports that the names of the files say that the source has other zones.
func (o octoReader) otherZone(zones []string) {
	shown := make([]string, len(zones))
	for i, z := range zones {
		shown[i] = dns.Show(z)
	}
	d := otherZones(o.in, shown)
	d.Detail += " octoDNS names a file after its zone."
	o.diags = append(o.diags, d)
}

// octoZoneOf returns the zone that a file or directory is named after, or "".
func octoZoneOf(base string) string {
	name := strings.TrimPrefix(base, "$")
	for _, ending := range []string{".yaml", ".yml"} {
		name = strings.TrimSuffix(name, ending)
	}
	if !strings.Contains(strings.TrimSuffix(name, "."), ".") || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "*") {
		return ""
	}
	zone, p := dns.CanonicalName(name)
	if p != nil {
		return ""
	}
	return zone
}

// findInDirectory finds the zones of a directory. Either the directory is one zone that is split over its
// files, or it has files and directories that are named after zones.
func (o octoReader) findInDirectory() []octoFiles {
	entries, err := fs.ReadDir(o.in.Dir, ".")
	if err != nil {
		o.diags = append(o.diags, failure("Directory cannot be read", "%s cannot be read: %v.", dns.Show(o.in.Name), err))
		return nil
	}
	if zone := o.splitZone(filepath.Base(o.in.Name), entries); zone != "" {
		if o.in.Zone != "" && o.in.Zone != zone {
			o.otherZone([]string{zone})
			return nil
		}
		return []octoFiles{{zone: zone, files: o.yamlFiles(".", entries)}}
	}

	zones := o.zonesOf(entries)
	names := make([]string, len(zones))
	for i, z := range zones {
		names[i] = z.zone
	}
	switch i := slices.Index(names, o.in.Zone); {
	case len(zones) == 0:
		o.diags = append(o.diags, failure("No zones found", "%s has no file that is named after a zone, such as example.com.yaml, and no "+
			"directory such as example.com. with a dot at the end. Name the directory that octoDNS's configuration gives "+
			"as the directory of a provider.", dns.Show(o.in.Name)))
	case o.in.Zone == "":
		return zones
	case i >= 0:
		return zones[i : i+1]
	default:
		o.otherZone(names)
	}
	return nil
}

// splitZone returns the zone that is split over the files of a directory, or "" if the directory is not a
// split zone. The name of such a directory ends in a dot, unless octoDNS is configured otherwise. A file with
// a dollar sign before the zone's name has the records of the apex.
func (o octoReader) splitZone(base string, entries []fs.DirEntry) string {
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "$") && strings.HasSuffix(e.Name(), ".yaml") {
			if zone := octoZoneOf(e.Name()); zone != "" {
				return zone
			}
		}
	}
	zone := octoZoneOf(base)
	if strings.HasSuffix(base, ".") && base != "." && base != ".." {
		return zone
	}
	if zone != "" && zone == o.in.Zone && !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return isOctoFileOf(e.Name(), zone) }) {
		return zone
	}
	return ""
}

// isOctoFileOf reports whether a file or directory is named after a zone.
func isOctoFileOf(name, zone string) bool {
	return octoZoneOf(name) == zone && (strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, "."))
}

// zonesOf returns the zones that files and directories are named after, sorted by name. It ignores other
// files.
func (o octoReader) zonesOf(entries []fs.DirEntry) []octoFiles {
	found := map[string][]octoFile{}
	for _, e := range entries {
		name := e.Name()
		switch {
		case !isDirectory(o.in.Dir, e):
			zone := octoZoneOf(name)
			if name == o.in.Zone+".yaml" {
				zone = o.in.Zone
			}
			if zone != "" && strings.HasSuffix(name, ".yaml") {
				found[zone] = append(found[zone], octoFile{name: o.nameOf(name), path: name})
			}
		default:
			inside, err := fs.ReadDir(o.in.Dir, name)
			if err != nil {
				continue
			}
			if zone := o.splitZone(name, inside); zone != "" {
				found[zone] = append(found[zone], o.yamlFiles(name, inside)...)
			}
		}
	}

	var out []octoFiles
	for zone, files := range found {
		out = append(out, octoFiles{zone: zone, files: files})
	}
	slices.SortFunc(out, func(a, b octoFiles) int { return strings.Compare(a.zone, b.zone) })
	return out
}

// unread returns a remark about the YAML files of a directory that are not named after a zone. octoDNS's
// configuration may name one of them as shared_filename; every zone has the records of that file.
func (o octoReader) unread() []string {
	if !o.in.IsDir {
		return nil
	}
	entries, err := fs.ReadDir(o.in.Dir, ".")
	if err != nil || o.splitZone(filepath.Base(o.in.Name), entries) != "" {
		return nil
	}
	var names []string
	for _, e := range entries {
		_, included := o.included[e.Name()]
		if !included && strings.HasSuffix(e.Name(), ".yaml") && octoZoneOf(e.Name()) == "" && !isDirectory(o.in.Dir, e) {
			names = append(names, dns.Show(e.Name()))
		}
	}
	if len(names) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("In %s, these files are not named after a zone, so they were not read: %s. If octoDNS's configuration "+
		"names one of them as shared_filename, its records are missing.", dns.Show(o.in.Name), shortList(names))}
}

// isDirectory reports whether an entry is a directory. It follows links, as octoDNS does.
func isDirectory(dir fs.FS, e fs.DirEntry) bool {
	if e.Type()&fs.ModeSymlink == 0 {
		return e.IsDir()
	}
	info, err := fs.Stat(dir, e.Name())
	return err == nil && info.IsDir()
}

// yamlFiles returns the YAML files of a split zone. octoDNS reads all of them, whatever their names are.
func (o octoReader) yamlFiles(dir string, entries []fs.DirEntry) []octoFile {
	var out []octoFile
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".yaml") && !e.IsDir() {
			file := path.Join(dir, e.Name())
			out = append(out, octoFile{name: o.nameOf(file), path: file})
		}
	}
	return out
}
