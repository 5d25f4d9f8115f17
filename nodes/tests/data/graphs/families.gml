graph [
  node [
    id 0
    label "Acciaiuoli"
  ]
  node [
    id 1
    label "Medici &#38; S&#246;hne"
  ]
  node [
    id 2
    label "Castellani"
  ]
  node [
    id 3
    label "Peruzzi"
  ]
  node [
    id 4
    label "Strozzi"
  ]
  node [
    id 5
    label "Barbadori"
  ]
  node [
    id 6
    label "Ridolfi"
  ]
  node [
    id 7
    label "Tornabuoni"
  ]
  node [
    id 8
    label "Albizzi"
  ]
  node [
    id 9
    label "Salviati"
  ]
  node [
    id 10
    label "the &#34;Pazzi&#34;"
  ]
  node [
    id 11
    label "Bischeri"
  ]
  node [
    id 12
    label "Guadagni"
  ]
  node [
    id 13
    label "Ginori"
  ]
  node [
    id 14
    label "Lamberteschi"
  ]
  edge [
    source 0
    target 1
    weight 1.0
  ]
  edge [
    source 1
    target 5
    weight 1.25
  ]
  edge [
    source 1
    target 6
    weight 1.5
  ]
  edge [
    source 1
    target 7
    weight 1.75
  ]
  edge [
    source 1
    target 8
    weight 2.0
  ]
  edge [
    source 1
    target 9
    weight 2.25
  ]
  edge [
    source 2
    target 3
    weight 2.5
  ]
  edge [
    source 2
    target 4
    weight 2.75
  ]
  edge [
    source 2
    target 5
    weight 3.0
  ]
  edge [
    source 3
    target 4
    weight 3.25
  ]
  edge [
    source 3
    target 11
    weight 3.5
  ]
  edge [
    source 4
    target 6
    weight 3.75
  ]
  edge [
    source 4
    target 11
    weight 4.0
  ]
  edge [
    source 6
    target 7
    weight 4.25
  ]
  edge [
    source 7
    target 12
    weight 4.5
  ]
  edge [
    source 8
    target 13
    weight 4.75
  ]
  edge [
    source 8
    target 12
    weight 5.0
  ]
  edge [
    source 9
    target 10
    weight 5.25
  ]
  edge [
    source 11
    target 12
    weight 5.5
  ]
  edge [
    source 12
    target 14
    weight 5.75
  ]
]
