package ui

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// Field is one question of a form. Required fields are yellow while empty and
// say « obligatoire »; the others say « facultatif ».
type Field struct {
	Name         string
	ID           string // Name when empty
	Label        string
	Value        string
	Help         string
	Error        string // what to do, with an example of a right value
	Required     bool
	NoWord       bool // neither « obligatoire » nor « facultatif »: sign-in, filters
	Heading      bool // groups only: the legend is a heading
	Autocomplete string
	InputMode    string
	MaxLength    int
	Class        string // on the field's box: "court-champ"…
	Attrs        templ.Attributes
}

// Option is a line of a select, of radios or of check boxes.
type Option struct {
	Value    string
	Label    string
	Note     string // small, under the label
	Side     string // small, at the right
	Group    string // select only: consecutive options of one group
	Key      string // single-key shortcut
	Checked  bool   // beside Field.Value, which also chooses
	Disabled bool
	Attrs    templ.Attributes
}

func (f Field) id() string {
	if f.ID != "" {
		return f.ID
	}
	return f.Name
}

func (f Field) word() string {
	switch {
	case f.NoWord:
		return ""
	case f.Required:
		return "obligatoire"
	default:
		return "facultatif"
	}
}

// describedBy names the error first, so that it is read first.
func (f Field) describedBy() string {
	var ids []string
	if f.Error != "" {
		ids = append(ids, f.id()+"-e")
	}
	if f.Help != "" {
		ids = append(ids, f.id()+"-a")
	}
	return strings.Join(ids, " ")
}

func (f Field) described() templ.Attributes {
	attributes := templ.Attributes{}
	if ids := f.describedBy(); ids != "" {
		attributes["aria-describedby"] = ids
	}
	return attributes
}

// control is what every input, select and textarea carries.
func (f Field) control() templ.Attributes {
	attributes := f.described()
	attributes["id"] = f.id()
	attributes["name"] = f.Name
	if f.Required {
		attributes["required"] = true
	}
	if f.Error != "" {
		attributes["aria-invalid"] = "true"
	}
	for name, value := range map[string]string{"autocomplete": f.Autocomplete, "inputmode": f.InputMode} {
		if value != "" {
			attributes[name] = value
		}
	}
	if f.MaxLength > 0 {
		attributes["maxlength"] = strconv.Itoa(f.MaxLength)
	}
	for name, value := range f.Attrs {
		attributes[name] = value
	}
	return attributes
}

// group is what the fieldset of radios or check boxes carries.
func (f Field) group(radios bool) templ.Attributes {
	attributes := f.described()
	if radios {
		attributes["role"] = "radiogroup"
		if f.Required {
			attributes["aria-required"] = "true"
		}
		if f.Error != "" {
			attributes["aria-invalid"] = "true"
		}
	}
	return attributes
}

// choice is what the i-th radio or check box of the group carries; the first
// one bears the field's id, which the error summary leads to.
func (f Field) choice(i int, option Option, radios bool) templ.Attributes {
	attributes := templ.Attributes{"id": f.id(), "name": f.Name, "value": option.Value}
	if i > 0 {
		attributes["id"] = f.id() + "-" + strconv.Itoa(i+1)
	}
	if option.Checked || f.Value != "" && f.Value == option.Value {
		attributes["checked"] = true
	}
	if option.Disabled {
		attributes["disabled"] = true
	}
	if radios && f.Required {
		attributes["required"] = true
	}
	if !radios && f.Error != "" {
		attributes["aria-invalid"] = "true"
	}
	if option.Key != "" {
		attributes["data-touche"] = strings.ToLower(option.Key)
		attributes["aria-keyshortcuts"] = strings.ToUpper(option.Key)
	}
	return attributes
}

func dateField(f Field) Field {
	if f.Help == "" {
		f.Help = "jj/mm/aaaa, par exemple 14/03/2015"
	}
	if f.MaxLength == 0 {
		f.MaxLength = 10
	}
	f.Class = strings.TrimSpace("date " + f.Class)
	return f
}

func hidden(f Field) Field {
	f.Value = ""
	attributes := templ.Attributes{"data-afficher": true, "spellcheck": "false", "autocapitalize": "none"}
	for name, value := range f.Attrs {
		attributes[name] = value
	}
	f.Attrs = attributes
	return f
}

// optionGroups cuts the options where their group changes.
func optionGroups(options []Option) [][]Option {
	var groups [][]Option
	for _, option := range options {
		last := len(groups) - 1
		if last >= 0 && groups[last][0].Group == option.Group {
			groups[last] = append(groups[last], option)
		} else {
			groups = append(groups, []Option{option})
		}
	}
	return groups
}

// FileSpec says which files a field takes.
type FileSpec struct {
	Accept   string // "application/pdf,image/*"
	Multiple bool
	Camera   bool  // opens the phone's camera
	Light    bool  // second choice beside another file field
	MaxBytes int64 // refused in the browser above it, before anything is sent; 0 for no limit
}

func (s FileSpec) attributes() templ.Attributes {
	attributes := templ.Attributes{}
	if s.Accept != "" {
		attributes["accept"] = s.Accept
	}
	if s.Multiple {
		attributes["multiple"] = true
	}
	if s.Camera {
		attributes["capture"] = "environment"
	}
	if s.MaxBytes > 0 {
		attributes["data-max"] = strconv.FormatInt(s.MaxBytes, 10)
	}
	return attributes
}

// AsYouType has a search field ask its page again while one types, and put the
// answer's element of that id in place of this page's. Without scripts the form
// is sent with Enter.
func AsYouType(path, id string) templ.Attributes {
	return templ.Attributes{
		"autocomplete": "off", "hx-get": path, "hx-trigger": "input changed delay:250ms", "hx-sync": "this:replace",
		"hx-target": "#" + id, "hx-select": "#" + id, "hx-swap": "outerHTML",
	}
}
