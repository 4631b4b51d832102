#include "sandbox/api/executor/code_templates.h"

#include <algorithm>
#include <array>

namespace openfc::sandbox {
namespace {

constexpr std::array<CodeTemplate, 3> kTemplates = {
    {{"matplotlib_basic", R"PYTHON(import matplotlib.pyplot as plt
import numpy as np

x = np.linspace(0, 2 * np.pi, 200)

plt.figure(figsize=(10, 6))
plt.plot(x, np.sin(x), label='sin(x)')
plt.title('Sine')
plt.xlabel('x')
plt.ylabel('y')
plt.grid(True)
plt.legend()
)PYTHON"},
     {"plotly_scatter", R"PYTHON(import numpy as np
import plotly.graph_objects as go

points = np.random.default_rng(7).normal(size=(100, 2))

fig = go.Figure(go.Scatter(x=points[:, 0], y=points[:, 1], mode='markers'))
fig.update_layout(title='Points', xaxis_title='x', yaxis_title='y')
)PYTHON"},
     {"pandas_analysis", R"PYTHON(import pandas as pd

orders = pd.DataFrame({
    'city': ['Lyon', 'Oslo', 'Lyon', 'Turin', 'Oslo'],
    'amount': [12.5, 40.0, 7.5, 21.0, 18.0],
})

totals = orders.groupby('city', as_index=False)['amount'].sum()
print(totals.sort_values('amount', ascending=False))
)PYTHON"}}};

}  // namespace

std::span<const CodeTemplate> CodeTemplates() { return kTemplates; }

const CodeTemplate* FindCodeTemplate(std::string_view name) {
  const auto* const found =
      std::find_if(kTemplates.begin(), kTemplates.end(),
                   [name](const CodeTemplate& one) { return one.name == name; });
  return found == kTemplates.end() ? nullptr : found;
}

}  // namespace openfc::sandbox
