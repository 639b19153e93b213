package config

import (
	"errors"
	"fmt"

	"github.com/zclconf/go-cty/cty"
)

// withPath adds, to a conversion error, the path of the part of the value that could not be converted.
func withPath(err error) error {
	var path cty.PathError
	if !errors.As(err, &path) || len(path.Path) == 0 {
		return err
	}

	text := ""
	for _, step := range path.Path {
		switch s := step.(type) {
		case cty.GetAttrStep:
			text += "." + s.Name
		case cty.IndexStep:
			text += indexText(s.Key)
		}
	}
	return fmt.Errorf("at %s: %w", text, err)
}

func indexText(key cty.Value) string {
	switch {
	case !key.IsKnown() || key.IsNull() || key.IsMarked():
		return "[…]"
	case key.Type() == cty.String:
		return fmt.Sprintf("[%q]", key.AsString())
	case key.Type() == cty.Number:
		return "[" + key.AsBigFloat().Text('f', -1) + "]"
	}
	return "[…]"
}
