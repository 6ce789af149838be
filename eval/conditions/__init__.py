"""Who answers an item: bbqa, the model alone, the nearest neighbour, chance."""
